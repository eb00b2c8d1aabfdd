// The folder that the agent and nginx's container share: the agent offers a configuration, nginx's loop tries it, swaps it in and says how that went.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Candidate } from './candidate.ts'

export interface Verdict {
  readonly id: string
  readonly accepted: boolean
  /** What nginx said about a configuration that it refused. */
  readonly words: string
}

/** What nginx runs, as files. */
export interface Served {
  readonly id: string
  readonly files: Readonly<Record<string, string>>
}

export interface Exchange {
  /** What nginx was given last and accepted; undefined before the first. */
  served(): Promise<Served | undefined>
  /** Offers a configuration; may be repeated. */
  offer(candidate: Candidate): Promise<void>
  verdict(): Promise<Verdict | undefined>
}

/** Names inside the folder; the loop in nginx's container knows the same ones. */
export const places = { candidates: 'candidates', next: 'next', current: 'current', verdict: 'verdict' } as const

const absent = (error: unknown): undefined => {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}

const text = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(absent)

/** A file appears whole or not at all. */
const write = async (path: string, content: string): Promise<void> => {
  await writeFile(`${path}.new`, content, { mode: 0o600 })
  await rename(`${path}.new`, path)
}

const parseVerdict = (content: string): Verdict => {
  const [id = '', word = '', ...words] = content.split('\n')
  return { id, accepted: word === 'accepted', words: words.join('\n').trim() }
}

const idPattern = /^[0-9a-f]{10,64}$/

export const exchangeIn = (folder: string): Exchange => {
  const path = (...parts: string[]) => join(folder, ...parts)

  /** All but what nginx runs and what it is offered. */
  const tidy = async (keep: readonly (string | undefined)[]) => {
    const names = await readdir(path(places.candidates))
    await Promise.all(names.filter((name) => !keep.includes(name)).map((name) => rm(path(places.candidates, name), { recursive: true })))
  }

  const served = async (): Promise<Served | undefined> => {
    const id = (await text(path(places.current, 'id')))?.trim()
    const names = id && (await readdir(path(places.current)).catch(absent))
    if (!id || !names) return undefined
    const files = await Promise.all(names.filter((name) => name !== 'id').map(async (name) => [name, await readFile(path(places.current, name), 'utf8')]))
    return { id, files: Object.fromEntries(files) as Served['files'] }
  }

  return {
    served,
    offer: async ({ id, files }) => {
      if (!idPattern.test(id)) throw new Error(`a configuration cannot be named ${id}`)
      const running = (await text(path(places.current, 'id')))?.trim()
      await mkdir(path(places.candidates, id), { recursive: true, mode: 0o700 })
      for (const [name, content] of Object.entries({ ...files, id: `${id}\n` })) await write(path(places.candidates, id, name), content)
      await write(path(places.next), `${id}\n`)
      await tidy([id, running])
    },
    verdict: async () => {
      const content = await text(path(places.verdict))
      return content === undefined ? undefined : parseVerdict(content)
    },
  }
}
