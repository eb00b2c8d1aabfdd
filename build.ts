// Bundles each program into one file for the images, and builds the page. `node build.ts [folder]`, `dist` unless told.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { buildWebPage } from './api/web/build.ts'

const root = import.meta.dirname
const folder = process.argv[2] ?? join(root, 'dist')
const programs = { operator: 'operator/main.ts', 'edge-agent': 'operator/edge-agent/main.ts', api: 'api/main.ts', migrate: 'api/migrate.ts' }

// What CommonJS packages expect to find, in an ES module.
const banner = [
  "import { createRequire as bundleRequire } from 'node:module'",
  'const require = bundleRequire(import.meta.url)',
  'const __filename = import.meta.filename',
  'const __dirname = import.meta.dirname',
].join('\n')

const missing = Object.values(programs).filter((path) => !existsSync(join(root, path)))
if (missing.length > 0) throw new Error(`There is no ${missing.join(', ')} to bundle.`)

await build({
  entryPoints: Object.fromEntries(Object.entries(programs).map(([name, path]) => [name, join(root, path)])),
  outdir: folder,
  bundle: true,
  platform: 'node',
  target: 'node26',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  // Asked for outside a cluster only, where the operator runs from its sources; inside it would be two thirds of the program.
  external: ['@kubernetes/client-node'],
  banner: { js: banner },
  logLevel: 'warning',
})
await buildWebPage(join(folder, 'web'))
