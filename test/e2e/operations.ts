import { expect, test } from 'vitest'
import { ask, execute, theCluster, until, waitFor } from './cluster.ts'
import { apply, login, namespace, siteOf } from './home.ts'

interface Operation {
  readonly status?: { readonly state?: string; readonly step?: string }
}

export const operations = () => {
  const cluster = theCluster()
  const operation = (name: string, type: string) => ({
    apiVersion: 'finia.io/v1alpha1',
    kind: 'FiniaOperation',
    metadata: { name, namespace },
    spec: { instance: 'home', type, ttlAfterFinished: '24h' },
  })
  const untilSucceeded = (name: string) =>
    until(
      `the operation ${name} has succeeded`,
      async () => {
        const status = (await cluster.get<Operation>(namespace, 'finiaoperation', name))?.status
        if (status?.state === 'Succeeded') return true
        throw new Error(JSON.stringify(status ?? 'no status'))
      },
      { seconds: 240 },
    )

  test('keys are rotated while a session goes on, and nobody is logged out', { timeout: 300_000 }, async () => {
    const person = await login(cluster, 'john')
    const before = await cluster.secretValue(namespace, 'home-keys', 'session-keys')
    const statuses: number[] = []
    let over = false
    const visits = (async () => {
      while (!over) {
        statuses.push((await person.ask('/api/auth/session')).status)
        await new Promise((resolve) => setTimeout(resolve, 1_000))
      }
    })()
    await apply(cluster, operation('rotate', 'RotateKeys'))
    await untilSucceeded('rotate')
    over = true
    await visits
    expect(new Set(statuses)).toEqual(new Set([200]))
    const kids = (text: string) => (JSON.parse(text) as { readonly keys: readonly { readonly kid: string }[] }).keys.map(({ kid }) => kid)
    const [oldKids, newKids] = [kids(before), kids(await cluster.secretValue(namespace, 'home-keys', 'session-keys'))]
    expect(newKids.slice(1)).toEqual(oldKids)
    expect(oldKids).not.toContain(newKids[0])
  })

  test('the certificate is renewed on demand, served by every edge pod, and no request fails meanwhile', { timeout: 300_000 }, async () => {
    const site = await siteOf(cluster)
    const pods = (await cluster.list(namespace, 'pods', 'app.kubernetes.io/instance=home,app.kubernetes.io/component=edge')).map(
      ({ metadata }) => metadata.name,
    )
    const program = `fetch('http://127.0.0.1:8082/status').then((answer) => answer.json()).then(({ running }) => process.stdout.write(running.certificate.fingerprint))`
    const served = () => Promise.all(pods.map((pod) => execute(cluster, namespace, pod, 'agent', ['node', '-e', program])))
    const [before] = await served()
    const statuses: number[] = []
    let over = false
    const visits = (async () => {
      while (!over) {
        statuses.push((await ask(site, '/api/health')).status)
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    })()
    await apply(cluster, operation('renew', 'RenewCertificate'))
    await untilSucceeded('renew')
    over = true
    await visits
    expect(new Set(statuses)).toEqual(new Set([200]))
    const after = await served()
    expect(new Set(after).size).toBe(1)
    expect(after).not.toContain(before)
    await waitFor(cluster, namespace, 'finiainstance/home', 'condition=Ready')
  })
}
