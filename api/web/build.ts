// Builds the page into a folder: index.html and assets/ with the hash of their content in their names. Needs esbuild, which the image has not got.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { build } from 'esbuild'

const client = join(import.meta.dirname, 'client')

export const buildWebPage = async (folder: string): Promise<void> => {
  const assets = join(folder, 'assets')
  await rm(assets, { recursive: true, force: true })
  await mkdir(assets, { recursive: true })
  const { metafile } = await build({
    entryPoints: { finia: join(client, 'main.ts'), style: join(client, 'style.css') },
    outdir: assets,
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022'],
    metafile: true,
    logLevel: 'silent',
  })
  const names = Object.keys(metafile.outputs).map((path) => basename(path))
  const html = await readFile(join(client, 'index.html'), 'utf8')
  const address = (ending: string) => `/assets/${names.find((name) => name.endsWith(ending))}`
  await writeFile(join(folder, 'index.html'), html.replace('%script%', address('.js')).replace('%style%', address('.css')))
}

if (import.meta.main) await buildWebPage(process.argv[2] ?? join(import.meta.dirname, '../../dist/web'))
