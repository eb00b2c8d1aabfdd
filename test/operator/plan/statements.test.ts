import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as statements from '../../../operator/plan/statements.ts'

const password = { namespace: 'finance', name: 'john-password', key: 'password' }

/** Reads SQL as the server does without NO_BACKSLASH_ESCAPES and ANSI_QUOTES: words, symbols, `?`, and quoted parts with their quotes taken off. */
function tokens(sql: string): readonly string[] {
  const found: string[] = []
  for (let at = 0; at < sql.length; ) {
    const char = sql.charAt(at)
    if (char === '`' || char === "'") {
      let text = ''
      for (at += 1; ; at += 1) {
        if (at >= sql.length) throw new Error(`a quote stays open in ${sql}`)
        const here = sql.charAt(at)
        if (here === '\\' && char === "'") text += sql.charAt((at += 1)) === '0' ? '\0' : sql.charAt(at)
        else if (here === char && sql.charAt(at + 1) === char) text += sql.charAt((at += 1))
        else if (here === char) break
        else text += here
      }
      found.push(`${char}${text}`)
      at += 1
    } else if (/\s/.test(char)) at += 1
    else {
      const word = /^(\w+|.)/s.exec(sql.slice(at))?.[0] ?? ''
      found.push(word)
      at += word.length
    }
  }
  return found
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
  fc
    .array(fc.constantFrom('`', "'", '\\', '"', '_', '%', '?', ';', '-- ', '/*', ' ', 'x', '@', '\n', '´', 'ʼ'), { minLength: 1, maxLength: 12 })
    .map((parts) => parts.join('')),
)
const name = hostile.filter((text) => !text.includes('\0'))

describe('administrative statements', () => {
  test('a hostile name stays one name in every statement', () => {
    fc.assert(
      fc.property(name, name, (account, database) => {
        const at = [`'${account}`, '@', "'%"]
        const on = [`\`${database}`, '.', '*']
        expect(tokens(statements.createAccount(account, password).text)).toEqual(['CREATE', 'USER', 'IF', 'NOT', 'EXISTS', ...at, 'IDENTIFIED', 'BY', '?'])
        expect(tokens(statements.changePassword(account, password).text)).toEqual(['ALTER', 'USER', ...at, 'IDENTIFIED', 'BY', '?'])
        expect(tokens(statements.grantAll(database, account).text)).toEqual(['GRANT', 'ALL', 'PRIVILEGES', 'ON', ...on, 'TO', ...at])
        expect(tokens(statements.revokeAll(database, account).text)).toEqual(['REVOKE', 'ALL', 'PRIVILEGES', 'ON', ...on, 'FROM', ...at])
        expect(tokens(statements.dropAccount(account).text)).toEqual(['DROP', 'USER', 'IF', 'EXISTS', ...at])
        expect(tokens(statements.dropDatabase(database).text)).toEqual(['DROP', 'DATABASE', 'IF', 'EXISTS', `\`${database}`])
        expect(tokens(statements.createDatabase(database).text).slice(0, 6)).toEqual(['CREATE', 'DATABASE', 'IF', 'NOT', 'EXISTS', `\`${database}`])
      }),
      { numRuns: 300 },
    )
  })

  test('whatever an owner is called, its row holds just that', () => {
    fc.assert(
      fc.property(name, hostile, hostile, hostile, (operations, uid, namespace, owner) => {
        const claim = tokens(statements.claimOwnership(operations, { uid, namespace, name: owner }).text)
        expect(claim.filter((token) => token.startsWith("'"))).toEqual([`'${uid}`, `'${namespace}`, `'${owner}`])
        expect(claim.filter((token) => token.startsWith('`'))).toEqual([`\`${operations}`, '`owner'])
      }),
      { numRuns: 200 },
    )
  })

  test('a name that no server can hold is refused', () => {
    for (const bad of ['', 'a\0b']) expect(() => statements.createDatabase(bad)).toThrow('neither empty nor holds a NUL')
  })

  test('a password is named, never written', () => {
    expect(statements.createAccount('john', password)).toEqual({ text: "CREATE USER IF NOT EXISTS 'john'@'%' IDENTIFIED BY ?", passwordFrom: password })
  })

  test('a grant names one database, though its name holds wildcards', () => {
    expect(statements.grantAll(statements.escapedPattern('finiaDB_a%\\'), 'a').text).toBe("GRANT ALL PRIVILEGES ON `finiaDB\\_a\\%\\\\`.* TO 'a'@'%'")
    expect(statements.prefixPattern('finiaDB_')).toBe('finiaDB\\_%')
  })
})
