// A folder as the kubelet mounts a ConfigMap or a Secret: what is in it is swapped all at once, by the link `..data`.
import { randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const readableByAll = 0o644
const openToAll = 0o755

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** Makes the folder hold these files. Containers run as somebody else, so everybody may read them: only its parent keeps others out. */
export const swapIn = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
  const version = `..${randomBytes(6).toString('hex')}`
  await mkdir(join(folder, version), { recursive: true })
  for (const path of [folder, join(folder, version)]) await chmod(path, openToAll)
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, version, name)
    await writeFile(path, content)
    await chmod(path, readableByAll)
    if (!(await isThere(join(folder, name)))) await symlink(`..data/${name}`, join(folder, name))
  }
  await symlink(version, join(folder, '..new'))
  await rename(join(folder, '..new'), join(folder, '..data'))
}
