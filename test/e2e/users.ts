import { expect, test } from 'vitest'
import { Person, theCluster, until, waitFor } from './cluster.ts'
import { apply, login, namespace, siteOf, untilReason, user } from './home.ts'

const secret = (name: string, password: string) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData: { password } })

/** Not a secret of anything but this cluster, and another one in each run. */
const aPassword = () => `pw-${crypto.randomUUID()}`

export const users = () => {
  const cluster = theCluster()

  test('a user whose Secret is not there is told so, and is made when it comes', async () => {
    await apply(cluster, user('mary', { passwordSecret: { name: 'mary-secret' }, deletionPolicy: 'Delete' }))
    const { message } = await untilReason(cluster, 'finiauser', 'mary', 'Stalled', 'PasswordSecretMissing')
    expect(message).toContain('mary-secret')
    await apply(cluster, secret('mary-secret', aPassword()))
    await waitFor(cluster, namespace, 'finiauser/mary', 'condition=Ready')
  })

  test('a password changed in the Secret is in force within a resync, and the old one is not', async () => {
    const site = await siteOf(cluster)
    const before = await cluster.secretValue(namespace, 'mary-secret', 'password')
    const password = aPassword()
    await apply(cluster, secret('mary-secret', password))
    // Seldom: what fails counts towards the lock-out of the account.
    const person = await until('the new password logs in', () => Person.login(site, 'mary', password).catch(() => undefined), {
      seconds: 120,
      everyMilliseconds: 20_000,
    })
    expect((await person.ask('/api/auth/session')).status).toBe(200)
    await expect(Person.login(site, 'mary', before)).rejects.toThrow(/401/)
  })

  test('one user does not see the data of another', async () => {
    const mary = await Person.login(await siteOf(cluster), 'mary', await cluster.secretValue(namespace, 'mary-secret', 'password'))
    const john = await login(cluster, 'john')
    expect(await john.transactionCount()).toBeGreaterThan(0)
    expect(await mary.transactionCount()).toBe(0)
  })

  test('a user that is deleted with its data is gone from the server, and can be made anew, empty', async () => {
    await cluster.kubectl(['-n', namespace, 'delete', 'finiauser', 'mary', '--timeout=60s'])
    await expect(Person.login(await siteOf(cluster), 'mary', await cluster.secretValue(namespace, 'mary-secret', 'password'))).rejects.toThrow(/401/)
  })
}
