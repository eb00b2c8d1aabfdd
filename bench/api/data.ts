// What a user has after some years: accounts, a tree of categories, bookings, plannings, shares, rules. Pure.
import { type Dice, dice } from './random.ts'

export const accounts = ['Girokonto', 'Tagesgeld', 'Kreditkarte', 'Depotkonto', 'Haushaltskonto'] as const
export const firstYear = 2016
export const years = 10

export interface Category {
  readonly id: number
  readonly name: string
  readonly parent: number | null
}

const topics = ['Auto', 'Haus', 'Essen', 'Freizeit', 'Gesundheit', 'Einnahmen', 'Versicherung', 'Kinder'] as const

/** 8 topics, each with 4 parts, each with 4 parts of its own: 168 categories, three deep. */
export const categories: readonly Category[] = topics.flatMap((topic, index) => {
  const first = 1 + index * 21
  const parts = [0, 1, 2, 3].flatMap((part) => {
    const id = first + 1 + part * 5
    const leaves = [0, 1, 2, 3].map((leaf) => ({ id: id + 1 + leaf, name: `${topic} ${part + 1}.${leaf + 1}`, parent: id }))
    return [{ id, name: `${topic} ${part + 1}`, parent: first }, ...leaves]
  })
  return [{ id: first, name: topic, parent: null }, ...parts]
})

const shops = ['Bäckerei', 'Stadtwerke', 'Supermarkt', 'Tankstelle', 'Apotheke', 'Buchhandlung', 'Versicherung', 'Hausverwaltung', 'Werk', 'Kino'] as const
const towns = ['Grünwald', 'Musterstadt', 'Neustadt', 'Köln', 'Überlingen', 'Bad Tölz', 'Essen', 'Jena'] as const
const purposes = ['Rechnung', 'Abschlag', 'Lastschrift Kundennummer', 'Kartenzahlung', 'Dauerauftrag', 'Gutschrift', 'Überweisung Beleg'] as const
const banks = ['INGDDEFFXXX', 'BYLADEM1001', 'COBADEFFXXX', 'DEUTDEDBBER'] as const

export const mostShops = 400

/** One of those with whom the user has to do. */
export const partner = (number: number) => {
  const own = dice(number)
  return { name: `${own.of(shops)} ${own.of(towns)} ${number}`, iban: `DE${10 + own.below(89)}${String(number).padStart(18, '4')}`, bic: own.of(banks) }
}

export interface Booking {
  readonly account: number
  readonly date: string
  readonly description: string
  readonly amount: string
  readonly partner: ReturnType<typeof partner>
}

const two = (number: number) => String(number).padStart(2, '0')

/** One booking of some hundred characters; `index` makes it the only one of its kind. */
export const booking = (random: Dice, index: number, year: number, day: number): Booking => {
  const date = new Date(Date.UTC(year, 0, 1 + day)).toISOString().slice(0, 10)
  const cents = random.below(10) === 0 ? 1 + random.below(400_000) : -1 - random.below(25_000)
  const purpose = `${random.of(purposes)} ${random.below(10 ** 9)}`
  const description = `${purpose} vom ${date.slice(8)}.${date.slice(5, 7)}. Mandat ${random.below(10 ** 6)} Vorgang ${index} vielen Dank`
  const sign = cents < 0 ? '-' : ''
  const amount = `${sign}${Math.floor(Math.abs(cents) / 100)}.${two(Math.abs(cents) % 100)}`
  return { account: 1 + random.below(accounts.length), date, description, amount, partner: partner(random.below(mostShops)) }
}

/** `count` of them, from the first day to the last. */
export function* bookings(count: number): Generator<Booking> {
  const random = dice(1)
  for (let index = 0; index < count; index++) {
    const day = Math.floor((index / count) * years * 365)
    yield booking(random, index, firstYear + Math.floor(day / 365), day % 365)
  }
}

/** 50 rules: most look for a partner's name or number, some use a pattern, a range of amounts or both. */
export const rules = Array.from({ length: 50 }, (_, index) => {
  const condition = (id: number, type: string, columnName: string, value: string | null, minAmount: number | null = null, maxAmount: number | null = null) => ({
    id,
    type,
    columnName,
    value,
    caseSensitive: false,
    minAmount,
    maxAmount,
  })
  const other = partner(index * 3)
  const conditions = [
    [condition(1, 'contains', 'recipientApplicant', other.name)],
    [condition(1, 'contains', 'description', `kundennummer ${index}`), condition(2, 'equals', 'iban', other.iban)],
    [condition(1, 'regex', 'description', `^kartenzahlung .*${index}.* dank$`), condition(2, 'amountRange', 'amount', null, -50, -10)],
    [condition(1, 'startsWith', 'description', 'Gutschrift'), condition(2, 'amountRange', 'amount', null, 1000 + index, 1010 + index)],
  ][index % 4]
  return { name: `Regel ${index + 1}`, conditions, conditionLogic: index % 4 === 1 ? '1 OR 2' : '1 AND 2', category: 3 + index * 3, priority: 1 + (index % 9) }
})
  .map((rule) => (rule.conditions?.length === 1 ? { ...rule, conditionLogic: null } : rule))
  .map((rule) => ({ ...rule, description: null, accounts: [], enabled: true }))

/** A bank's file in the format csv-cb: rows that no database has yet, told by `mark`. */
export const statementCsv = (rows: number, mark: number): string => {
  const random = dice(mark)
  const lines = Array.from({ length: rows }, (_, index) => {
    const { date, amount, description, partner: other } = booking(random, index, firstYear + years, random.below(300))
    const day = date.split('-').toReversed().join('.')
    return `${day};${amount.replace('.', ',')};${description} Datei ${mark};${other.iban};${other.bic};${other.name}`
  })
  return `Valuta;Betrag;Verwendungszweck;IBAN;BIC;Sender / Empfänger\n${lines.join('\n')}\n`
}
