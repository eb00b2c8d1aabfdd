import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { auditEvents, isLeaseRenewal, isWrite, type KubernetesObject, killPods, operatorAccount, operatorNamespace, theCluster, until } from './cluster.ts'
import { namespace } from './home.ts'

const children =
  'deployments,statefulsets,services,configmaps,secrets,serviceaccounts,poddisruptionbudgets,networkpolicies,persistentvolumeclaims,jobs,finiainstances,finiausers'

/** How long nothing may be written; the figure of the promise. */
const quietSeconds = 120

interface Lease {
  readonly spec: { readonly holderIdentity?: string }
}

export const rest = () => {
  const cluster = theCluster()
  const versions = async () =>
    Object.fromEntries(
      (await cluster.list<KubernetesObject & { kind: string }>(namespace, children)).map(({ kind, metadata }) => [
        `${kind}/${metadata.name}`,
        metadata.resourceVersion,
      ]),
    )
  const holder = async () => (await cluster.get<Lease>(operatorNamespace, 'lease', 'finia-operator'))?.spec.holderIdentity

  test('an operator killed and started anew changes no child, and writes nothing but its lease for two minutes', { timeout: 300_000 }, async () => {
    const before = await versions()
    const led = await holder()
    await killPods(cluster, operatorNamespace, 'app.kubernetes.io/name=finia-operator')
    await until('another operator leads', async () => ((await holder()) === led ? undefined : true), { seconds: 90 })
    const since = new Date()
    await setTimeout(quietSeconds * 1000)
    const writes = (await auditEvents(cluster, operatorAccount, since)).filter((event) => isWrite(event) && !isLeaseRenewal(event))
    expect(writes.map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([])
    expect(await versions()).toEqual(before)
  })
}
