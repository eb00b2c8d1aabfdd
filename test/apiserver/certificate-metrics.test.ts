// What the operator tells monitoring of certificates, by its own port.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { KubeObject } from '../../operator/deps.ts'
import { kinds } from '../../operator/resources/kinds.ts'
import { samplesOf } from '../api/metrics/exposition.ts'
import { connect, freshNamespace, until } from './environment.ts'
import { fakeServers, type RunningOperator, simulateControllers, startOperator, untilReady } from './operator.ts'

const { kube } = connect()
let namespace: string
let simulated: ReturnType<typeof simulateControllers>
let operator: RunningOperator

beforeEach(async () => {
  namespace = await freshNamespace('metrics')
  simulated = simulateControllers(namespace)
  operator = startOperator('1.0.0', namespace, fakeServers())
})
afterEach(async () => {
  await operator.stop()
  await simulated.stop()
})

const told = async (): Promise<Readonly<Record<string, number>>> => {
  const answer = await fetch(`http://127.0.0.1:${operator.manager.port}/metrics`, { signal: AbortSignal.timeout(10_000) })
  return Object.fromEntries(Object.entries(samplesOf(await answer.text())).filter(([series]) => series.startsWith('finia_certificate_')))
}

interface Instance extends KubeObject {
  readonly status?: { readonly tls?: { readonly notAfter: string; readonly renewAt: string } }
}

const home = () => ({ resource: kinds.instance, namespace, name: 'home' })
const useTls = (mode: string) => kube.patch(home(), { spec: { ingress: { tls: { mode } } } })

/** What it should tell, by the status. */
const dates = async () => {
  const { notAfter = '', renewAt = '' } = (await kube.get<Instance>(home()))?.status?.tls ?? {}
  const series = (what: string) => `finia_certificate_${what}_timestamp_seconds{namespace="${namespace}",name="home"}`
  return { [series('expiry')]: Date.parse(notAfter) / 1000, [series('renewal')]: Date.parse(renewAt) / 1000 }
}

const untilTold = (what: string, series: number) => until(what, 60_000, async () => Object.keys(await told()).length === series)

test('the operator tells the dates of the status, as long as there is a certificate and as long as there is the instance', async () => {
  const spec = { ingress: { host: 'home.example.com' } }
  await kube.create(kinds.instance, { apiVersion: 'finia.io/v1alpha1', kind: 'FiniaInstance', metadata: { name: 'home', namespace }, spec } as KubeObject)
  await untilReady(namespace, 'home')
  await untilTold('both dates are told', 2)
  expect(await told()).toEqual(await dates())
  await useTls('Disabled')
  await untilTold('no date is told without TLS', 0)
  await useTls('SelfSigned')
  await untilTold('both dates are told again', 2)
  await kube.delete(home())
  await untilTold('no date is told of what is gone', 0)
})
