import { expect, test } from 'vitest'
import { type AuditEvent, auditEvents, operatorAccount, operatorNamespace, theCluster } from './cluster.ts'
import { namespace } from './home.ts'

interface Role {
  readonly rules: readonly { readonly apiGroups: readonly string[]; readonly resources: readonly string[]; readonly verbs: readonly string[] }[]
}

/** Granted, and not used here: the reason. */
const unused: Readonly<Record<string, string>> = {
  'patch persistentvolumeclaims': 'volumes of this cluster do not grow',
  'bind clusterroles': 'no request: who makes a RoleBinding to the role must be allowed to',
  'create leases': 'done when the operator was installed, before the time that is looked at',
}
/** Lists are asked for only where the API server does not stream them. */
const isFallback = (right: string) => right.startsWith('list ')

/** The rights that a request needed. A server-side apply that made its object needed two. */
const rightsOf = ({ verb, objectRef, responseStatus }: AuditEvent): readonly string[] => {
  const what = `${objectRef?.resource}${objectRef?.subresource ? `/${objectRef.subresource}` : ''}`
  return [`${verb} ${what}`, ...(verb === 'patch' && responseStatus?.code === 201 ? [`create ${what}`] : [])]
}

export const rights = () => {
  const cluster = theCluster()
  /** A cluster that was kept knows of runs before this one. */
  const since = async (): Promise<Date> => {
    const made = await cluster.get<{ readonly metadata: { readonly creationTimestamp: string } }>('', 'namespace', namespace)
    return new Date(made?.metadata.creationTimestamp ?? 0)
  }

  test('nothing that the operator asked was denied', async () => {
    const denied = (await auditEvents(cluster, operatorAccount, await since())).filter(
      ({ responseStatus }) => responseStatus?.code === 403 || responseStatus?.code === 401,
    )
    expect(denied.map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([])
  })

  test('every verb that is granted was used', async () => {
    const roles = [await cluster.get<Role>('', 'clusterrole', 'finia-operator'), await cluster.get<Role>(operatorNamespace, 'role', 'finia-operator-leader')]
    const granted = roles
      .flatMap((role) => role?.rules ?? [])
      .flatMap(({ resources, verbs }) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)))
    const used = new Set((await auditEvents(cluster, operatorAccount, await since())).flatMap(rightsOf))
    expect(granted.filter((right) => !used.has(right) && !isFallback(right) && !unused[right])).toEqual([])
    expect(Object.keys(unused).filter((right) => used.has(right) || !granted.includes(right))).toEqual([])
  })
}
