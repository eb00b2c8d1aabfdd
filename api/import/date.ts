// strptime for what a bank's file can contain: a strict pattern, English names, no zone.

interface Parts {
  year?: number
  month?: number
  day?: number
  dayOfYear?: number
  hour?: number
  hour12?: number
  afternoon?: boolean
  minute?: number
  second?: number
}

interface Directive {
  readonly pattern: string
  readonly read: (text: string, parts: Parts) => void
}

const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const short = (names: readonly string[]) => names.map((name) => name.slice(0, 3))
const named = (names: readonly string[], read: (index: number, parts: Parts) => void): Directive => ({
  // The longest first: "june" would stop at "jun" otherwise.
  pattern: names.toSorted((a, b) => b.length - a.length).join('|'),
  read: (text, parts) => read(names.indexOf(text.toLowerCase()), parts),
})
const number = (pattern: string, field: Exclude<keyof Parts, 'afternoon'>): Directive => ({
  pattern,
  read: (text, parts) => {
    parts[field] = Number(text)
  },
})
const ignored = () => {}

const directives: Readonly<Record<string, Directive>> = {
  d: number('3[01]|[12]\\d|0[1-9]|[1-9]', 'day'),
  m: number('1[0-2]|0[1-9]|[1-9]', 'month'),
  Y: number('\\d{4}', 'year'),
  y: {
    pattern: '\\d{2}',
    read: (text, parts) => {
      parts.year = Number(text) + (Number(text) < 69 ? 2000 : 1900)
    },
  },
  j: number('36[0-6]|3[0-5]\\d|[12]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9]', 'dayOfYear'),
  H: number('2[0-3]|[01]\\d|\\d', 'hour'),
  I: number('1[0-2]|0[1-9]|[1-9]', 'hour12'),
  M: number('[0-5]\\d|\\d', 'minute'),
  S: number('[0-5]\\d|\\d', 'second'),
  f: { pattern: '\\d{1,6}', read: ignored },
  p: {
    pattern: 'am|pm',
    read: (text, parts) => {
      parts.afternoon = text.toLowerCase() === 'pm'
    },
  },
  B: named(months, (index, parts) => {
    parts.month = index + 1
  }),
  b: named(short(months), (index, parts) => {
    parts.month = index + 1
  }),
  A: named(weekdays, ignored),
  a: named(short(weekdays), ignored),
}

export type DateReader = (text: string) => { readonly date: string } | { readonly problem: string }

/** Compiles a pattern such as `%d.%m.%Y`; the reader answers `YYYY-MM-DD HH:MM:SS`. */
export const dateReader = (format: string): DateReader | { readonly problem: string } => {
  const used: string[] = []
  let source = ''
  for (const [piece, letter] of format.matchAll(/%(.?)|\s+|[^%\s]+/gs)) {
    const directive = letter === undefined || letter === '%' ? undefined : directives[letter]
    if (letter !== undefined && letter !== '%' && !directive) {
      return { problem: `date_format '${format}' has '${piece}', which is not known; use ${known}` }
    }
    if (directive && letter) {
      // Once each, as in Python; it also keeps the expression from running away.
      if (used.includes(letter)) return { problem: `date_format '${format}' has '${piece}' twice` }
      used.push(letter)
    }
    source += directive ? `(${directive.pattern})` : letter === '%' ? '%' : /^\s/.test(piece) ? '\\s+' : RegExp.escape(piece)
  }
  const expression = new RegExp(`^${source}$`, 'i')
  return (text) => readWith(expression, used, text) ?? { problem: `time data '${text}' does not match format '${format}'` }
}

const known = Object.keys(directives)
  .map((letter) => `%${letter}`)
  .join(' ')

const readWith = (expression: RegExp, used: readonly string[], text: string) => {
  const match = expression.exec(text)
  if (!match) return undefined
  const parts: Parts = {}
  used.forEach((letter, index) => {
    directives[letter]?.read(match[index + 1] ?? '', parts)
  })
  return dateOf(parts)
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0')

const dateOf = (parts: Parts): { readonly date: string } | undefined => {
  const year = parts.year ?? 1900
  const month = parts.dayOfYear === undefined ? (parts.month ?? 1) : 1
  const day = parts.dayOfYear ?? parts.day ?? 1
  // By setUTCFullYear: the constructor takes the years 0 to 99 for 1900 to 1999.
  const instant = new Date(0)
  instant.setUTCFullYear(year, month - 1, day)
  const fits = parts.dayOfYear === undefined ? instant.getUTCDate() === day : instant.getUTCFullYear() === year
  if (!fits || year < 1) return undefined
  const hour = parts.hour12 === undefined ? (parts.hour ?? 0) : (parts.hour12 % 12) + (parts.afternoon ? 12 : 0)
  const day8 = `${pad(year, 4)}-${pad(instant.getUTCMonth() + 1)}-${pad(instant.getUTCDate())}`
  return { date: `${day8} ${pad(hour)}:${pad(parts.minute ?? 0)}:${pad(parts.second ?? 0)}` }
}
