import fc from 'fast-check'
import { expect, test } from 'vitest'
import { oldKeysText, parseOldKeys, parseSessionKeys, sessionKey, sessionKeysText, withKeyAdded, withKeyFirst } from '../../operator/session-keys.ts'

const name = fc.stringMatching(/^[a-z0-9-]{1,12}$/)
const keys = fc.uniqueArray(name, { minLength: 1, maxLength: 5 }).map((names) => names.map((kid) => sessionKey(kid, `secret of ${kid}`)))
const kidsOf = (list: readonly { readonly kid: string }[]) => list.map(({ kid }) => kid)

test('a set is read as it was written, and what is none is no set', () => {
  fc.assert(
    fc.property(keys, (list) => {
      expect(parseSessionKeys(sessionKeysText(list))).toEqual(list)
    }),
  )
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const list = parseSessionKeys(text)
      if (list) expect(kidsOf(list).every((kid) => typeof kid === 'string' && kid !== '')).toBe(true)
    }),
  )
  for (const text of ['', '{}', '{"keys":[]}', '{"keys":[{"k":"a"}]}', '{"keys":{"kid":"a"}}', 'null']) expect(parseSessionKeys(text)).toBeUndefined()
})

test('no change of a set loses a key, and each may be made twice', () => {
  fc.assert(
    fc.property(keys, name, (list, kid) => {
      const added = withKeyAdded(list, sessionKey(kid, 'new'))
      expect(added.slice(0, list.length)).toEqual(list)
      expect(withKeyAdded(added, sessionKey(kid, 'newer'))).toEqual(added)
      const first = withKeyFirst(added, kid)
      expect(first[0]?.kid).toBe(kid)
      expect(kidsOf(first).sort()).toEqual(kidsOf(added).sort())
      expect(withKeyFirst(first, kid)).toEqual(first)
    }),
  )
})

test('until when old keys are needed is read as it was written', () => {
  fc.assert(
    fc.property(name, fc.date({ noInvalidDate: true, min: new Date('2000-01-01'), max: new Date('2100-01-01') }), (kid, neededUntil) => {
      expect(parseOldKeys(oldKeysText({ kid, neededUntil }))).toEqual({ kid, neededUntil })
    }),
  )
  for (const text of [undefined, '', 'yesterday kid', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z ']) expect(parseOldKeys(text)).toBeUndefined()
})
