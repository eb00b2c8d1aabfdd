// The rules of the reports, word by word and without a database. Amounts are whole cents, moments `YYYY-MM-DD HH:MM:SS`.

export interface ModelAccount {
  readonly id: number
  readonly name: string
  readonly type: number
  readonly start: number
  readonly dateStart: string
  readonly dateEnd: string | null
}
interface Movement {
  readonly account: number
  readonly at: string
  readonly category: string | null
  readonly amount: number
}
export interface Model {
  readonly accounts: readonly ModelAccount[]
  readonly entries: readonly Movement[]
  readonly plannings: readonly Movement[]
  readonly today: string
}

export const monthNames = ['Januar', 'Februar', 'März', 'April', 'Mai', 'Juni', 'Juli', 'August', 'September', 'Oktober', 'November', 'Dezember']
const twelve = monthNames.map((_, index) => index + 1)
const two = (month: number) => String(month).padStart(2, '0')
const money = (cents: number) => (cents === 0 ? 0 : cents / 100)
const total = (movements: readonly Movement[]) => movements.reduce((sum, { amount }) => sum + amount, 0)
const yearOf = ({ at }: Movement) => Number(at.slice(0, 4))
const monthOf = ({ at }: Movement) => at.slice(0, 7)
const midnight = (day: string) => `${day} 00:00:00`
const lastDay = (year: number, month: number) => midnight(new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10))

const row = (first: string, label: string | null, months: readonly (number | null)[], last: string, sum: number | null) => ({
  [first]: label,
  ...Object.fromEntries(monthNames.map((name, index) => [name, months[index] === null ? null : money(months[index] ?? 0)])),
  [last]: sum === null ? null : money(sum),
})

/** As the database sorts. */
const byName = (one: string, other: string) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1)

const real = ({ entries, today }: Model) => entries.filter(({ at }) => at <= midnight(today))
const planned = ({ plannings, today }: Model) => plannings.filter(({ at }) => at > midnight(today))
const blended = (model: Model) => [...real(model), ...planned(model)]
const of = (ids: readonly number[]) => (movement: Movement) => ids.includes(movement.account)

export const categoryReport = (model: Model, ids: readonly number[], year: number, sign: 1 | -1) => {
  const moved = blended(model).filter((one) => of(ids)(one) && yearOf(one) === year && Math.sign(one.amount) === sign)
  const names = [...new Set(moved.map(({ category }) => category))].toSorted((one, other) => (one === null ? -1 : other === null ? 1 : byName(one, other)))
  return names.map((name) => {
    const mine = moved.filter(({ category }) => category === name)
    const months = twelve.map((month) => total(mine.filter((one) => monthOf(one) === `${year}-${two(month)}`)))
    return row('Kategorie', name, months, 'Gesamt', total(mine))
  })
}

export const summaryReport = (model: Model, ids: readonly number[], year: number) => {
  const inYear = (one: Movement) => of(ids)(one) && yearOf(one) === year
  const nothing = ![...model.entries, ...model.plannings].some(inYear)
  const moved = blended(model).filter(inYear)
  const line = (label: string, counts: (amount: number) => boolean) => {
    const mine = moved.filter(({ amount }) => counts(amount))
    const months = twelve.map((month) => (nothing ? null : total(mine.filter((one) => monthOf(one) === `${year}-${two(month)}`))))
    return row('Kategorie', label, months, 'Gesamt', nothing ? null : total(mine))
  }
  return [line('Haben', (amount) => amount > 0), line('Soll', (amount) => amount < 0), line('Gesamt', () => true)]
}

const open = ({ accounts }: Model, type: number, year: number) =>
  accounts
    .filter((one) => one.type === type && Number(one.dateStart.slice(0, 4)) <= year && (one.dateEnd === null || Number(one.dateEnd.slice(0, 4)) >= year))
    .toSorted((one, other) => byName(one.name, other.name))

export const balances = (model: Model, year: number) =>
  open(model, 1, year).map(({ id, name, start }) => {
    const until = (month: string) => start + total(blended(model).filter((one) => one.account === id && monthOf(one) < month))
    return row(
      'Konto',
      name,
      twelve.map((month) => until(`${year}-${two(month)}`)),
      'Jahresabschluss',
      until(`${year}-13`),
    )
  })

export const changes = (model: Model, year: number) =>
  open(model, 1, year).map(({ id, name }) => {
    const mine = blended(model).filter((one) => one.account === id && yearOf(one) === year)
    const months = twelve.map((month) => total(mine.filter((one) => monthOf(one) === `${year}-${two(month)}`)))
    return row('Konto', name, months, 'Jahresbilanz', total(mine))
  })

const monthEnd = (model: Model, accounts: readonly ModelAccount[], end: string) => {
  const mine = of(accounts.map(({ id }) => id))
  const starts = accounts.reduce((sum, { start }) => sum + start, 0)
  if (end <= midnight(model.today)) return starts + total(model.entries.filter((one) => mine(one) && one.at <= end))
  return starts + total(real(model).filter(mine)) + total(planned(model).filter((one) => mine(one) && one.at <= end))
}

export const endBalances = (model: Model, type: number, year: number) =>
  open(model, type, year).map((account) => {
    const mine = blended(model).filter((one) => one.account === account.id && yearOf(one) === year)
    return row(
      'Konto',
      account.name,
      twelve.map((month) => monthEnd(model, [account], lastDay(year, month))),
      'Jahresbilanz',
      total(mine),
    )
  })

export const assetsOfType = (model: Model, label: string, type: number, year: number) => {
  const accounts = model.accounts.filter((one) => one.type === type)
  const mine = of(accounts.map(({ id }) => id))
  const end = lastDay(year, 12)
  const closing =
    end <= midnight(model.today)
      ? total(model.entries.filter((one) => mine(one) && one.at <= end))
      : total(real(model).filter(mine)) + total(planned(model).filter((one) => mine(one) && yearOf(one) === year))
  const opening = total(model.entries.filter((one) => mine(one) && one.at < midnight(`${year}-01-01`)))
  return row(
    'Vermögen Ende des Monats',
    label,
    twelve.map((month) => monthEnd(model, accounts, lastDay(year, month))),
    'Jahresbilanz',
    closing - opening,
  )
}
