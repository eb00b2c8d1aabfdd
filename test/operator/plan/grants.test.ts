import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reaches, readGrants } from '../../../operator/plan/grants.ts'
import { escapedPattern, prefixPattern } from '../../../operator/plan/statements.ts'

describe('what an account may do', () => {
  test('rights on databases are read by their patterns', () => {
    expect(
      readGrants([
        "GRANT USAGE ON *.* TO `john`@`%` IDENTIFIED BY PASSWORD '*AB' REQUIRE SSL",
        'GRANT ALL PRIVILEGES ON `finiaDB\\_john`.* TO `john`@`%` WITH GRANT OPTION',
        'GRANT SELECT, INSERT ON `o``dd`.* TO `john`@`%`',
        'GRANT USAGE ON `left`.* TO `john`@`%`',
        'GRANT SELECT ON `shop`.`orders` TO `john`@`%`',
        'GRANT EXECUTE ON PROCEDURE `shop`.`sum` TO `john`@`%`',
      ]),
    ).toEqual({
      global: [],
      databases: [
        { pattern: 'finiaDB\\_john', all: true, some: true },
        { pattern: 'o`dd', all: false, some: true },
        { pattern: 'left', all: false, some: false },
      ],
    })
  })

  test.each([
    ['GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION', ['ALL PRIVILEGES ON *.*', 'GRANT OPTION ON *.*']],
    ["GRANT USAGE ON *.* TO `x`@`%` IDENTIFIED BY PASSWORD '*AB' WITH GRANT OPTION", ['GRANT OPTION ON *.*']],
    ['GRANT RELOAD, PROCESS ON *.* TO `x`@`%`', ['RELOAD, PROCESS ON *.*']],
    ["GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION", ['a right that is not understood']],
    ['GRANT `admins` TO `x`@`%`', ['role admins']],
    ['GRANT SELECT ON `mysql`.* TO `x`@`%`', ['rights on mysql']],
    ['GRANT SELECT ON `mysql`.`global_priv` TO `x`@`%`', ['rights on mysql']],
    ['GRANT ALL PRIVILEGES ON `%`.* TO `x`@`%`', ['rights on %']],
    ['GRANT ALL PRIVILEGES ON `m_sql`.* TO `x`@`%`', ['rights on m_sql']],
    ['something new', ['a right that is not understood']],
  ])('%s is a global right', (line, global) => {
    expect(readGrants([line]).global).toEqual(global)
  })

  test('an escaped name reaches itself and nothing else; a prefix reaches what begins with it', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'B', '_', '%', '\\', '.', '*', '(', '-', 'ä', '😀'), minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(text, text, (name, other) => {
        expect(reaches(escapedPattern(name), other)).toBe(name.toLowerCase() === other.toLowerCase())
        expect(reaches(prefixPattern(name), other)).toBe(other.toLowerCase().startsWith(name.toLowerCase()))
      }),
      { numRuns: 500 },
    )
    expect(reaches('finiaDB_a', 'finiaDBxa')).toBe(true)
  })
})
