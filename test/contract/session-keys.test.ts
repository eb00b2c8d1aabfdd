import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { readKeyRing } from '../../api/auth/key-ring.ts'
import { buildManagement } from '../../api/plugins/management.ts'
import { apiProbe } from '../../operator/api-probe/probe.ts'
import { sessionKey, sessionKeysText, withKeyAdded, withKeyFirst } from '../../operator/session-keys.ts'
import { depsWith } from '../api/plugins/an-app.ts'

const secret = (byte: number) => Buffer.alloc(32, byte).toString('base64url')
const added = withKeyAdded([sessionKey('old', secret(1))], sessionKey('new', secret(2)))

async function portOf(text: string): Promise<number> {
  const { keyRing } = readKeyRing(text)
  const management = buildManagement({ ...depsWith(), settings: { ...(keyRing && { keyRing }) } })
  onTestFinished(() => management.close())
  await management.listen({ host: '127.0.0.1', port: 0 })
  return (management.server.address() as AddressInfo).port
}

test('the API reads the keys that the operator writes, and tells it their names in order, and nothing else of them', async () => {
  for (const [keys, kids] of [
    [added, ['old', 'new']],
    [withKeyFirst(added, 'new'), ['new', 'old']],
  ] as const) {
    const port = await portOf(sessionKeysText(keys))
    expect(await apiProbe.sessionKeys({ address: '127.0.0.1', port })).toEqual(kids)
    const said = await (await fetch(`http://127.0.0.1:${port}/version`)).text()
    expect([secret(1), secret(2)].filter((key) => said.includes(key))).toEqual([])
  }
})
