// What a database can refuse, in words that the rest of the API decides by.

/** denied: the login or a right is missing; unavailable: nobody answers, or not now; duplicate, referenced, badValue: the data is at fault; unmigrated: a table is missing; other: ours. */
export type DatabaseFault = 'denied' | 'unavailable' | 'duplicate' | 'referenced' | 'badValue' | 'unmigrated' | 'other'

export class DatabaseError extends Error {
  readonly fault: DatabaseFault
  readonly errno: number
  readonly sqlState: string
  constructor(fault: DatabaseFault, errno: number, sqlState: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DatabaseError'
    this.fault = fault
    this.errno = errno
    this.sqlState = sqlState
  }
}

const faults: readonly (readonly [DatabaseFault, readonly number[]])[] = [
  ['denied', [1044, 1045, 1049, 1698, 1820, 1862, 3118, 4151]],
  [
    'unavailable',
    [
      1040, 1042, 1043, 1053, 1077, 1080, 1129, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1205, 1213, 1226, 1290, 1836, 1927, 1969, 2002, 2003, 2006, 2013,
      3024,
    ],
  ],
  ['unmigrated', [1146]],
  ['duplicate', [1062, 1169, 1586]],
  ['referenced', [1216, 1217, 1451, 1452, 1761]],
  ['badValue', [1048, 1138, 1263, 1264, 1265, 1292, 1364, 1366, 1406, 1411, 1525, 3140, 4025]],
]

/** What an error number of the server means to us. Without a number the network failed. */
export const faultOf = (errno: number): DatabaseFault => (errno === 0 ? 'unavailable' : (faults.find(([, numbers]) => numbers.includes(errno))?.[0] ?? 'other'))
