import { expect, test } from 'vitest'
import { databaseStatefulSet } from '../../../operator/resources/database-stateful-set.ts'
import { someDecisions } from '../../support/decisions.ts'
import { anInstance } from '../../support/instance.ts'

const stateful = (spec: Parameters<typeof anInstance>[0] = {}) => databaseStatefulSet(anInstance(spec), someDecisions())
const claimOf = (spec: Parameters<typeof anInstance>[0] = {}) => stateful(spec).spec?.volumeClaimTemplates?.[0]?.spec

test('the volume outlives the instance unless the instance says otherwise', () => {
  const policyOf = (deletionPolicy: 'Retain' | 'Delete') => stateful({ spec: { deletionPolicy } }).spec?.persistentVolumeClaimRetentionPolicy
  expect(policyOf('Retain')).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' })
  expect(policyOf('Delete')).toEqual({ whenDeleted: 'Delete', whenScaled: 'Retain' })
})

test('the volume has the size and the class that the instance gives, and no class means the usual one', () => {
  expect(claimOf()).toEqual({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } })
  expect(claimOf({ spec: { database: { managed: { storage: { size: '20Gi', className: 'fast' } } } } })).toEqual({
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '20Gi' } },
    storageClassName: 'fast',
  })
})

test("the administrator's password is mounted where the folder is made, and not in the server's own container", () => {
  const pod = stateful().spec?.template.spec
  const mountsOf = (name: string) =>
    [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])].find((one) => one.name === name)?.volumeMounts?.map((mount) => mount.name)
  expect(mountsOf('initialize')).toContain('admin')
  expect(mountsOf('mariadb')).not.toContain('admin')
  expect(pod?.volumes?.find(({ name }) => name === 'admin')?.secret?.items).toEqual([{ key: 'admin-password', path: 'admin-password' }])
  expect(pod?.volumes?.find(({ name }) => name === 'start')?.emptyDir?.medium).toBe('Memory')
})

test('a server that recovers has an hour, and one that hangs three minutes', () => {
  const [server] = stateful().spec?.template.spec?.containers ?? []
  const patience = (probe?: { periodSeconds?: number; failureThreshold?: number }) => (probe?.periodSeconds ?? 0) * (probe?.failureThreshold ?? 0)
  expect(patience(server?.startupProbe)).toBe(3600)
  expect(patience(server?.livenessProbe)).toBe(180)
  expect(patience(server?.readinessProbe)).toBe(15)
})
