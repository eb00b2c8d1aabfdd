// Rows that the reports rely on. A table that has rows already belongs to its user.

const seed = (table: string, columns: string, rows: readonly string[]): string =>
  `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM (${rows.join(' UNION ALL ')}) AS seed WHERE NOT EXISTS (SELECT 1 FROM ${table})`

/** Ids 1, 3 and 5 are what the year overview asks for. */
const accountTypes = ['Girokonto', 'Wertpapierdepot', 'Darlehen', 'Krypto', 'Investmentplattform']

const cycles: readonly (readonly [string, string, string])[] = [
  ['einmalig', '0', 'd'],
  ['täglich', '1', 'd'],
  ['wöchentlich', '7', 'd'],
  ['14-tägig', '14', 'd'],
  ['monatlich', '1', 'm'],
  ['vierteljährlich', '3', 'm'],
  ['halbjährlich', '6', 'm'],
  ['jährlich', '1', 'y'],
]

export const seeds: readonly string[] = [
  seed(
    'tbl_accountType',
    'id, dateImport, type',
    accountTypes.map((type, index) => `SELECT ${index + 1} AS id, NOW() AS dateImport, '${type}' AS type`),
  ),
  seed(
    'tbl_planningCycle',
    'id, dateImport, cycle, periodValue, periodUnit',
    cycles.map(
      ([cycle, value, unit], index) => `SELECT ${index + 1} AS id, NOW() AS dateImport, '${cycle}' AS cycle, ${value} AS periodValue, '${unit}' AS periodUnit`,
    ),
  ),
]
