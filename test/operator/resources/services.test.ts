import { expect, test } from 'vitest'
import { apiService } from '../../../operator/resources/api-service.ts'
import { databaseHeadlessService, databaseReadWriteService } from '../../../operator/resources/database-services.ts'
import { anInstance } from '../../support/instance.ts'

const podsOf = (component: string) => ({ 'app.kubernetes.io/name': 'finia', 'app.kubernetes.io/instance': 'home', 'app.kubernetes.io/component': component })

test('the API is found on port 80, and its management port by no Service', () => {
  expect(apiService(anInstance()).spec).toEqual({
    type: 'ClusterIP',
    selector: podsOf('api'),
    ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP', appProtocol: 'http' }],
  })
})

test('the database is found by writers, and each member by its own name even before it is ready', () => {
  const ports = [{ name: 'mysql', port: 3306, targetPort: 'mysql', protocol: 'TCP' }]
  expect(databaseReadWriteService(anInstance()).spec).toEqual({ type: 'ClusterIP', selector: podsOf('database'), ports })
  expect(databaseHeadlessService(anInstance()).spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true, selector: podsOf('database'), ports })
})
