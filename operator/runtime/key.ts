// Names one object of a controller's kind, and how an object that changed leads to such keys.
import type { KubeObject } from '../deps.ts'

export interface Key {
  readonly namespace: string
  readonly name: string
}

/** A key as one text; neither part can hold a slash. */
export const keyText = ({ namespace, name }: Key): string => `${namespace}/${name}`

export const parseKey = (text: string): Key => {
  const slash = text.indexOf('/')
  return { namespace: text.slice(0, slash), name: text.slice(slash + 1) }
}

/** Whose reconciles an object calls for. Asked of what it was and of what it is. */
export type Mapping = (object: KubeObject) => readonly Key[]

/** The object itself. */
export const itself: Mapping = ({ metadata }) => [{ namespace: metadata.namespace ?? '', name: metadata.name }]

/** The object of this kind that controls it. The version may differ: an owner reference keeps the one it was written with. */
export const controllerOf =
  ({ group, kind }: { readonly group: string; readonly kind: string }): Mapping =>
  ({ metadata }) =>
    (metadata.ownerReferences ?? [])
      .filter((owner) => owner.controller === true && owner.kind === kind && owner.apiVersion.split('/')[0] === group)
      .map(({ name }) => ({ namespace: metadata.namespace ?? '', name }))

/** The object that a label names, for children that nobody owns. */
export const namedByLabel =
  (label: string): Mapping =>
  ({ metadata }) => {
    const name = metadata.labels?.[label]
    return name === undefined || name === '' ? [] : [{ namespace: metadata.namespace ?? '', name }]
  }
