// A stream of text made of the database as it is at one moment. The connection goes back when the stream ends, however it ends.
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import sql from 'sql-template-tag'
import type { Db } from '../db/db.ts'
import type { Clock } from '../deps.ts'

/** Milliseconds. Whoever reads more slowly would keep a connection from others. */
const longest = 300_000

async function* beginningWith(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  try {
    if (first.done) return
    yield first.value
    yield* rest
  } finally {
    await rest.return(undefined)
  }
}

const flowing = async (source: AsyncGenerator<string>, clock: Pick<Clock, 'sleep'>, begun: (stream: Readable) => void): Promise<void> => {
  const first = await source.next()
  const out = new PassThrough()
  const ending = new AbortController()
  const late = () => out.destroy(new Error('the export took too long to be read'))
  void clock.sleep(longest, ending.signal).then(late, () => {})
  begun(out)
  try {
    await pipeline(Readable.from(beginningWith(first, source)), out)
  } finally {
    ending.abort()
  }
}

/**
 * Resolves once the first piece is there: what fails before can still be answered. Later failures destroy the stream, so that nobody takes
 * the half for the whole, and are told to `failed`.
 */
export const snapshotStream = (
  db: Db,
  clock: Pick<Clock, 'sleep'>,
  texts: (db: Db) => AsyncGenerator<string>,
  ended: (failure?: unknown) => void,
): Promise<Readable> =>
  new Promise((resolve, reject) => {
    const work = db.pinned(async (pinned) => {
      await pinned.run(sql`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`)
      await pinned.run(sql`START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY`)
      await flowing(texts(pinned), clock, resolve)
    })
    work.then(
      () => ended(),
      (error: unknown) => {
        ended(error)
        reject(error)
      },
    )
  })
