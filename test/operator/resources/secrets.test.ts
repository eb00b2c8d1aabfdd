import { expect, test } from 'vitest'
import { caSecret, databaseSecret, databaseTlsSecret, edgeTlsSecret, keysSecret, userPasswordSecret } from '../../../operator/resources/secrets.ts'
import { anInstance, aUser } from '../../support/instance.ts'

const builders = [keysSecret, databaseSecret, caSecret, edgeTlsSecret, databaseTlsSecret]
const ownedWith = (deletionPolicy: 'Retain' | 'Delete') => [
  ...builders.map((build) => build(anInstance({ spec: { deletionPolicy } }))),
  userPasswordSecret(aUser({ spec: { deletionPolicy } })),
]

test('Secrets that open kept data have no owner; with Delete they go with the data', () => {
  const ownerless = (deletionPolicy: 'Retain' | 'Delete') =>
    ownedWith(deletionPolicy)
      .filter(({ metadata }) => !metadata.ownerReferences)
      .map(({ metadata }) => metadata.name)
  expect(ownerless('Retain')).toEqual(['home-db', 'home-ca', 'john-password'])
  expect(ownerless('Delete')).toEqual([])
})

test('a manifest of a Secret has no values', () => {
  for (const secret of ownedWith('Retain')) expect(Object.keys(secret).sort()).toEqual(['apiVersion', 'kind', 'metadata', 'type'])
})

test('certificates are Secrets of type TLS', () => {
  expect(ownedWith('Retain').map(({ metadata, type }) => [metadata.name, type])).toEqual([
    ['home-keys', 'Opaque'],
    ['home-db', 'Opaque'],
    ['home-ca', 'Opaque'],
    ['home-tls', 'kubernetes.io/tls'],
    ['home-db-tls', 'kubernetes.io/tls'],
    ['john-password', 'Opaque'],
  ])
})
