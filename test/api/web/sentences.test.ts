import { expect, test } from 'vitest'
import { passwordProblem } from '../../../api/auth/password-rules.ts'
import { databaseOf } from '../../../api/auth/username.ts'
import { DatabaseError, faultOf } from '../../../api/db/errors.ts'
import { type Format, readFormat } from '../../../api/import/format.ts'
import { readStatement } from '../../../api/import/statement.ts'
import { answerTo } from '../../../api/plugins/answer.ts'
import { german, germanDetail } from '../../../api/web/client/sentences.ts'

const stored = { encoding: 'utf-8', date_format: '%d.%m.%Y', decimal: ',', columns: { dateValue: { name: 'Tag' }, amount: { name: 'Betrag' } } }
const format = readFormat('csv-x', stored) as Format
const read = (text: string | Uint8Array) => readStatement(Buffer.from(text), format)
const refusal = (text: string | Uint8Array) => `CSV file error: ${(read(text) as { problem: string }).problem}`
const hint = (text: string) => (read(text) as { warnings: readonly string[] }).warnings[0] ?? ''

const circumstances = { operation: 'fetch transactions', requestId: 'abc-1', limits: { text: 1_048_576, file: 20_971_520 } }
const detailOf = (error: unknown) => answerTo(error, circumstances).body.detail
const ofDatabase = (errno: number) => detailOf(new DatabaseError(faultOf(errno), errno, 'HY000', 'Unknown something'))
const problemOf = (name: string) => (databaseOf(name, { usernamePrefix: 'finia_', databasePrefix: 'x' }) as { problem: string }).problem
const refusedPassword = (wanted: string) => passwordProblem({ username: 'anna_huber_1', current: 'the current one', wanted }) ?? ''

// What the API's own rules say is asked of them here, so that a sentence that changes there is missed here.
test.each([
  ['Invalid credentials. (4 attempts remaining)', 'Benutzername oder Passwort ist falsch. Weitere Versuche: 4.'],
  ['Too many login attempts. Please wait 899 seconds and try again.', 'Zu viele Versuche. Bitte warten Sie 15 Minuten.'],
  ['The current password is wrong. (4 attempts remaining)', 'Das jetzige Passwort ist falsch. Weitere Versuche: 4.'],
  ['The current password is wrong.', 'Das jetzige Passwort ist falsch.'],
  [refusedPassword('short'), 'Das neue Passwort ist zu kurz: mindestens 12 Zeichen.'],
  [refusedPassword('x'.repeat(257)), 'Das neue Passwort ist zu lang.'],
  [refusedPassword('a tab\tand more'), 'Das neue Passwort enthält ein Zeichen, das nicht geht, etwa einen Tabulator.'],
  [refusedPassword('anna_huber_1'), 'Das neue Passwort ist der Benutzername. Bitte wählen Sie ein anderes.'],
  [refusedPassword('the current one'), 'Das ist das jetzige Passwort. Bitte wählen Sie ein anderes.'],
  [problemOf('alice'), 'Der Benutzername beginnt mit „finia_“.'],
  [problemOf('finia_'), 'Ein Benutzername besteht aus Buchstaben, Ziffern und Unterstrichen.'],
  [ofDatabase(2003), 'Die Datenbank antwortet nicht. Bitte versuchen Sie es in einem Augenblick noch einmal.'],
  [ofDatabase(1146), 'Der Datenbank fehlen Tabellen. Bitte melden Sie sich ab und wieder an, um sie einzurichten.'],
  [ofDatabase(1062), 'Das gibt es schon.'],
  [ofDatabase(1064), 'Ein unerwarteter Fehler. Im Protokoll des Servers steht er unter der Kennung abc-1.'],
  [detailOf(new Error('x')), 'Ein unerwarteter Fehler. Im Protokoll des Servers steht er unter der Kennung abc-1.'],
  [refusal(''), 'Die Datei ist leer.'],
  [refusal('A;B\n1;2\n'), 'Die Datei passt nicht zum Format „csv-x“. Ihre Spalten sind: A, B. Bitte wählen Sie das Format Ihrer Bank.'],
  [refusal('Tag;Betrag\n1;"2\n'), 'Ein Anführungszeichen wird nicht geschlossen. Bitte sehen Sie ab Zeile 2 der Datei nach.'],
  [hint('Tag;Betrag\n01.02.2026;viel\n'), 'Buchung 1 ausgelassen: Spalte Betrag: „viel“ ist kein Betrag mit dem Dezimalzeichen „,“'],
  [hint('Tag;Betrag\nheute;1\n'), 'Buchung 1 ausgelassen: Spalte Tag: „heute“ ist kein Datum in der Schreibweise des Formats'],
  [
    "Automatic categorisation failed: the rule 'Bäcker' gives the category 77, which does not exist; choose another one",
    'Nichts wurde automatisch eingeordnet: die Kategorie 77 der Regel „Bäcker“ gibt es nicht.',
  ],
  [
    'Automatic categorisation failed: it takes longer than 20 seconds; make the regular expressions of the rules simpler',
    'Nichts wurde automatisch eingeordnet: die Suchmuster der Regeln sind zu aufwendig.',
  ],
  ['A sentence that nobody has translated.', 'A sentence that nobody has translated.'],
])('%s → %s', (english, expected) => {
  expect(germanDetail(english)).toBe(expected)
})

test('fields that do not fit are named, and a refusal without a reason has none', () => {
  const missing = { type: 'missing', loc: ['body', 'name'], msg: 'Field required' }
  const other = { type: 'int_parsing', loc: ['body', 'type'], msg: 'Input should be a valid integer' }
  expect(germanDetail([missing, other])).toBe('name fehlt\ntype ist nicht richtig: Input should be a valid integer')
  expect([germanDetail(undefined), germanDetail({})]).toEqual([undefined, undefined])
})

test('a text full of nearly matching pieces is looked at in no time', () => {
  const started = performance.now()
  german(`Row 1: ${"column x: 'y' ".repeat(2_000)}`)
  german(`CSV file error: it matches no version of the format '${"': ; the file has: ".repeat(2_000)}`)
  expect(performance.now() - started).toBeLessThan(1_000)
})
