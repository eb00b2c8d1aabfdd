import { expect, test } from 'vitest'
import { documentIn, operationsOf } from '../../support/described.ts'
import { anApp } from '../plugins/an-app.ts'
import { operations } from './operations.ts'

/** Of the original's operations those that are not built yet. Whoever builds one takes it from here. */
const missing: readonly string[] = []

/** What the original does not have as an operation: documents of its framework, and what we add. */
const ours: readonly string[] = ['GET /openapi.json', 'GET /api/docs', 'GET /api/redoc', 'POST /api/auth/password', 'GET /api/export', 'GET /api/export/{file}']

const plain = (operation: string) =>
  operation
    .replace('*', ':path')
    .replaceAll(/:\w+|\{\w+\}/g, ':')
    .replace(/(?<=.)\/$/, '')

test('the operations are those of the original, but for the ones that are listed as missing or as ours', async () => {
  const app = await anApp()
  const described = operationsOf(await documentIn(app)).map(({ method, path }) => `${method} ${path}`)
  await app.close()
  expect(new Set(operations.map(plain)).size).toBe(106)
  expect(
    described
      .filter((operation) => !ours.includes(operation))
      .map(plain)
      .toSorted(),
  ).toEqual(
    operations
      .filter((operation) => !missing.includes(operation))
      .map(plain)
      .toSorted(),
  )
})
