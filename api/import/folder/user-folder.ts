// The files that a user may import: those below the folder of his name, wherever a path or a link may point.
import { constants, type Dirent } from 'node:fs'
import { open, readdir, realpath } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'

export interface UserFolder {
  /** The files with an ending directly in a folder, by name. */
  list(path: string, ending: string): Promise<{ readonly files: readonly string[] } | { readonly problem: string }>
  read(path: string, file: string): Promise<{ readonly content: Uint8Array } | { readonly problem: string }>
}

const mostFiles = 1000

const isBelow = (root: string, path: string) => path === root || path.startsWith(root + sep)

/** Undefined when there is none, or when nobody may look. */
const realPath = async (path: string): Promise<string | undefined> => {
  try {
    return await realpath(path)
  } catch {
    return undefined
  }
}

interface Root {
  readonly folder: string
  readonly user: string
}

const outside = ({ folder, user }: Root, path: string) => `Path not allowed: ${path} does not lie in ${join(folder, user)}; use a folder below it`

/** Where a path really is, or why it is not looked at. What lies outside is refused without a look at whether it exists. */
const placeOf = async (root: Root, path: string): Promise<{ readonly place: string } | { readonly problem: string }> => {
  if (!isBelow(resolve(root.folder, root.user), resolve(path))) return { problem: outside(root, path) }
  const [place, folder] = await Promise.all([realPath(path), realPath(root.folder)])
  if (place === undefined || folder === undefined) return { problem: `Path not found: ${path}` }
  return isBelow(join(folder, root.user), place) ? { place } : { problem: outside(root, path) }
}

const entriesOf = async (place: string): Promise<readonly Dirent[] | undefined> => {
  try {
    return await readdir(place, { withFileTypes: true })
  } catch {
    return undefined
  }
}

const readWithin = async (place: string, largest: number): Promise<Uint8Array | string> => {
  // not a link that took its place meanwhile, and no pipe that nobody writes into
  const file = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const { size } = await file.stat()
    return size > largest ? `it is larger than ${largest} bytes` : await file.readFile()
  } finally {
    await file.close()
  }
}

/** `user` has been read as a name before (auth/username.ts): it is no path. */
export const userFolder = (folder: string, user: string, largest: number): UserFolder => {
  const root = { folder, user }
  return {
    list: async (path, ending) => {
      const found = await placeOf(root, path)
      if ('problem' in found) return found
      const entries = await entriesOf(found.place)
      if (!entries) return { problem: `Path not found: ${path}` }
      const files = entries.filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && entry.name.endsWith(`.${ending}`)).map(({ name }) => name)
      if (files.length === 0) return { problem: `No *.${ending} files in ${path}` }
      return files.length > mostFiles ? { problem: `More than ${mostFiles} files in ${path}; move some away` } : { files: files.toSorted() }
    },
    read: async (path, file) => {
      const found = await placeOf(root, join(path, file))
      if ('problem' in found) return found
      try {
        const content = await readWithin(found.place, largest)
        return typeof content === 'string' ? { problem: content } : { content }
      } catch (cause) {
        return { problem: `it cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})` }
      }
    },
  }
}
