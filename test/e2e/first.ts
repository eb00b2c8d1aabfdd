import { request } from 'node:http'
import { expect, test } from 'vitest'
import { ask, Person, theCluster, waitFor } from './cluster.ts'
import { apply, home, login, namespace, passwordOf, sample, siteOf, transactions, untilServed, user } from './home.ts'

const formats = [
  ['csv-cb', 'Girokonto'],
  ['csv-spk', 'Haushaltskonto'],
  ['csv-mintos', 'Mintos'],
] as const

const locationOf = (port: number, path: string): Promise<{ status: number | undefined; location: string | undefined }> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers: { host: `finia.localhost:${port}` }, timeout: 10_000 }, (response) => {
      response.resume()
      resolve({ status: response.statusCode, location: response.headers.location })
    })
    asked.once('error', reject)
    asked.end()
  })

export const first = () => {
  const cluster = theCluster()

  test('the instance and its user become ready, in a namespace that enforces the restricted Pod Security Standard', async () => {
    await apply(cluster, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    })
    await apply(cluster, home(cluster), user('john'))
    await waitFor(cluster, namespace, 'finiainstance/home', 'condition=Ready')
    await waitFor(cluster, namespace, 'finiauser/john', 'condition=Ready')
    await cluster.kubectl(['-n', namespace, 'rollout', 'status', 'deployment/home-api', '--timeout=120s'])
    await untilServed(cluster)
  })

  test('http leads to https, at the port that people use', async () => {
    const { httpPort, httpsPort } = cluster.settings
    expect(await locationOf(httpPort, '/a?b=c')).toEqual({ status: 301, location: `https://finia.localhost:${httpsPort}/a?b=c` })
  })

  test('the page is served over https with the headers of the API, each once', async () => {
    const { status, headers, text } = await ask(await siteOf(cluster), '/')
    expect(status).toBe(200)
    expect(text).toContain('<form')
    expect(headers['strict-transport-security']).toMatch(/^max-age=31536000; includeSubDomains/)
    expect(headers['content-security-policy']).not.toContain('unsafe-inline')
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  test('a wrong password is refused, the generated one logs in', async () => {
    const site = await siteOf(cluster)
    await expect(Person.login(site, 'john', 'wrong')).rejects.toThrow(/401/)
    const person = await Person.login(site, 'john', await passwordOf(cluster, 'john'))
    expect((await person.ask('/api/auth/session')).status).toBe(200)
  })

  test.each(formats)('a file of the format %s is imported into the account %s, and a second time nothing is', async (format, account) => {
    const person = await login(cluster, 'john')
    const id = await person.account(account)
    const outcome = await person.importCsv(sample(`${format}.csv`), format, id)
    expect(outcome.inserted).toBeGreaterThan(0)
    expect(outcome.inserted).toBe(outcome.total)
    expect(await person.importCsv(sample(`${format}.csv`), format, id)).toMatchObject({ inserted: 0, total: outcome.total })
  })

  test('every replica shows the same transactions to the same session', async () => {
    const person = await login(cluster, 'john')
    const seen = await transactions(person)
    const pods = await cluster.list(namespace, 'pods', 'app.kubernetes.io/instance=home,app.kubernetes.io/component=api')
    expect(pods).toHaveLength(3)
    const program = `let token = ''
      process.stdin.on('data', (chunk) => { token += chunk }).on('end', async () => {
        const response = await fetch('http://127.0.0.1:8000/api/transactions/?page=1&page_size=1000', { headers: { authorization: 'Bearer ' + token } })
        process.stdout.write(await response.text())
      })`
    for (const { metadata } of pods) {
      expect(await cluster.kubectl(['-n', namespace, 'exec', '-i', metadata.name, '--', 'node', '-e', program], { input: person.token })).toBe(seen)
    }
  })
}
