import { expect, test } from 'vitest'
import { theCluster } from './cluster.ts'
import { namespace } from './home.ts'

export const looks = () => {
  const cluster = theCluster()

  test('the columns answer: is it working, where, which version', async () => {
    const text = await cluster.kubectl(['-n', namespace, 'get', 'fi,fu'])
    const [heading, instance] = text.split('\n')
    expect(heading?.split(/\s+/)).toEqual(expect.arrayContaining(['NAME', 'READY', 'VERSION', 'API', 'PRIMARY', 'URL', 'AGE']))
    expect(instance).toMatch(/home\s+True\s+1\.0\.0\s+3\s+3\s+home-db-0\s+https:\/\/finia\.localhost:\d+/)
    expect(text).toMatch(/john\s+True\s+john\s+finiaDB_john\s+\d+\s+home/)
  })

  test('kubectl explain tells a reader what a field means, its values and its default', async () => {
    const text = (await cluster.kubectl(['explain', 'fi.spec.ingress.tls'])).replace(/\s+/g, ' ')
    expect(text).toContain('KIND: FiniaInstance')
    expect(text).toContain('TLS between people and the edge.')
    expect(text).toMatch(/mode.*enum: SelfSigned/)
    expect(text).toContain("SelfSigned: from the instance's own CA")
  })
}
