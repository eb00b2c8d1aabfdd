import { expect, test } from 'vitest'
import { anApp } from '../plugins/an-app.ts'
import { operations } from './operations.ts'

/** Pages of the framework, which the original has too. */
const pages: readonly string[] = ['GET /api/docs', 'GET /api/redoc']

/** Of the original's operations those that are not built yet. Whoever builds one takes it from here. */
const missing: readonly string[] = []

const plain = (operation: string) => operation.replaceAll(/:\w+/g, ':').replace(/(?<=.)\/$/, '')

/** Every route, read from the tree that Fastify prints: each line continues the path of the line that it is indented below. */
const routesOf = (tree: string): readonly string[] => {
  const paths: string[] = []
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', path, methods] = /^([│ ]*)[├└]── (.+?) \((.+)\)$/.exec(line) ?? /^([│ ]*)[├└]── (.+)$/.exec(line) ?? []
    if (path === undefined) return []
    const depth = indent.length / 4
    paths[depth] = (depth === 0 ? '' : (paths[depth - 1] ?? '')) + path
    return (methods?.split(', ') ?? []).map((method) => `${method} ${paths[depth]}`)
  })
}

test('the operations under /api are those of the original, but for the ones that are listed as missing', async () => {
  const app = await anApp()
  const registered = routesOf(app.printRoutes({ commonPrefix: false })).filter((route) => route.includes(' /api/') && !pages.includes(route))
  // Fastify prints of a wildcard only the star
  const wildcards = operations.filter((operation) => operation.endsWith('*') && app.hasRoute({ method: 'GET', url: operation.split(' ')[1] ?? '' }))
  await app.close()
  expect(new Set(operations.map(plain)).size).toBe(106)
  expect([...registered, ...wildcards].map(plain).toSorted()).toEqual(
    operations
      .filter((operation) => !missing.includes(operation))
      .map(plain)
      .toSorted(),
  )
})
