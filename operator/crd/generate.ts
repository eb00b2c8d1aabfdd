// `npm run generate`: writes the CustomResourceDefinitions to crds/ and, under a switch, into the chart.
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Definition, definitions } from './definition.ts'
import { chartFile, plainFile } from './files.ts'

const root = new URL('../../', import.meta.url)

const write = async (folder: string, text: (definition: Definition) => string): Promise<void> => {
  const path = fileURLToPath(new URL(folder, root))
  await mkdir(path, { recursive: true })
  for (const definition of definitions) await writeFile(`${path}/${definition.metadata.name}.yaml`, text(definition))
}

await write('crds', plainFile)
await write('charts/finia-operator/templates/crds', chartFile)
