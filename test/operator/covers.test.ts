import fc from 'fast-check'
import { expect, test } from 'vitest'
import { covers } from '../../operator/covers.ts'

const scalar = fc.oneof(
  fc.string({ minLength: 1 }).filter((text) => !/^[0-9.]/.test(text)),
  fc.boolean(),
  fc.integer({ min: 0 }),
)
const json: fc.Memo<unknown> = fc.memo((depth) =>
  depth <= 1
    ? scalar
    : fc.oneof(scalar, fc.array(json(depth - 1), { maxLength: 3 }), fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), json(depth - 1), { maxKeys: 4 })),
)
const intent = fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), json(3), { minKeys: 1, maxKeys: 4 })

/** Every object of the tree gets a field that the intent does not mention, as defaults and other managers do. */
const withDefaults = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withDefaults)
  if (typeof value !== 'object' || value === null) return value
  return { ...Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withDefaults(inner)])), DEFAULT: 'filled in' }
}

const leaves = (value: unknown, path: readonly string[] = []): readonly (readonly string[])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key])) : [path]

const withChange = (value: unknown, [key, ...rest]: readonly string[]): unknown => {
  if (key === undefined) return 'changed by somebody else'
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? withChange(item, rest) : item))
  return { ...(value as object), [key]: withChange((value as Record<string, unknown>)[key], rest) }
}

test('a live object with defaults filled in covers the manifest, and no longer once any leaf was changed', () => {
  fc.assert(
    fc.property(intent, fc.nat(), (manifest, pick) => {
      expect(covers(withDefaults(manifest), manifest)).toBe(true)
      const all = leaves(manifest)
      const leaf = all[pick % Math.max(all.length, 1)]
      if (leaf) expect(covers(withDefaults(withChange(manifest, leaf)), manifest)).toBe(false)
    }),
  )
})

test.each([
  ['1024Mi', '1Gi'],
  ['500m', '0.5'],
  ['2', '2000m'],
])('%s and %s are one quantity', (live, wanted) => {
  expect(covers({ limits: { memory: live } }, { limits: { memory: wanted } })).toBe(true)
})

test('a list with an item more, fewer or elsewhere is another list', () => {
  const manifest = { ports: [{ name: 'http' }, { name: 'https' }] }
  expect(covers({ ports: [{ name: 'http' }] }, manifest)).toBe(false)
  expect(covers({ ports: [{ name: 'https' }, { name: 'http' }] }, manifest)).toBe(false)
  expect(covers({ ports: [{ name: 'http' }, { name: 'https' }, { name: 'more' }] }, manifest)).toBe(false)
})
