// Where objects live below the API server's address.
import type { ObjectRef, Resource, Scope } from '../deps.ts'

const segment = encodeURIComponent

/** The path of a kind, in one namespace or (with '') in all or none. */
export const collectionPath = (resource: Resource, namespace: string): string => {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`
  return `${root}${namespace === '' ? '' : `/namespaces/${segment(namespace)}`}/${resource.plural}`
}

export const objectPath = (ref: ObjectRef, subresource?: string): string =>
  `${collectionPath(ref.resource, ref.namespace)}/${segment(ref.name)}${subresource === undefined ? '' : `/${subresource}`}`

export const labelSelector = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',')

/** A path with those of the parameters that have a value. */
export const withQuery = (path: string, parameters: Readonly<Record<string, string | undefined>>): string => {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.set(name, value)
  return query.size === 0 ? path : `${path}?${query.toString()}`
}

/** How errors and logs call an object. */
export const describe = (verb: string, resource: Resource, namespace: string, name?: string): string =>
  [verb, resource.plural, [namespace, name].filter((part) => part !== undefined && part !== '').join('/')].filter((part) => part !== '').join(' ')

export const describeScope = (verb: string, resource: Resource, scope: Scope): string => describe(verb, resource, scope.namespace ?? '')
