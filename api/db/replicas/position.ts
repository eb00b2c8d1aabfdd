// How far a server's binary log was, as MariaDB writes it: one GTID (domain-server-number) for each domain. Pure.

/** The number of the last transaction and its server, by domain. */
export type Position = ReadonlyMap<string, { readonly server: string; readonly number: bigint }>

const shape = /^\d{1,10}-\d{1,10}-\d{1,20}(?:,\d{1,10}-\d{1,10}-\d{1,20}){0,15}$/

/** Undefined for what no server says. */
export const readPosition = (text: string): Position | undefined => {
  if (!shape.test(text)) return undefined
  const position = new Map<string, { server: string; number: bigint }>()
  for (const gtid of text.split(',')) {
    const [domain = '', server = '', number = ''] = gtid.split('-')
    if (position.has(domain)) return undefined
    position.set(domain, { server, number: BigInt(number) })
  }
  return position
}

export const positionText = (position: Position): string => [...position].map(([domain, { server, number }]) => `${domain}-${server}-${number}`).join(',')

/** Whoever has reached the first has all that the second stands for. Within a domain the log has one order. */
export const covers = (reached: Position, wanted: Position): boolean =>
  [...wanted].every(([domain, { number }]) => (reached.get(domain)?.number ?? -1n) >= number)

/** What stands for all of both. */
export const union = (one: Position, other: Position): Position => {
  const all = new Map(one)
  for (const [domain, last] of other) if ((all.get(domain)?.number ?? -1n) < last.number) all.set(domain, last)
  return all
}
