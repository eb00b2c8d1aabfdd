import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { definitions } from '../../operator/crd/definition.ts'
import { chartFile, plainFile } from '../../operator/crd/files.ts'
import { root } from './custom-resources.ts'

const folders = [
  { folder: 'crds', text: plainFile },
  { folder: 'charts/finia-operator/templates/crds', text: chartFile },
]

test.each(folders)('$folder is what the schemas say today, or else run `npm run generate`', ({ folder, text }) => {
  const expected = Object.fromEntries(definitions.map((definition) => [`${definition.metadata.name}.yaml`, text(definition)]))
  const found = Object.fromEntries(readdirSync(`${root}${folder}`).map((file) => [file, readFileSync(`${root}${folder}/${file}`, 'utf8')]))
  expect(found).toEqual(expected)
})

test('the chart keeps the definitions when it is uninstalled, for all instances would go with them', () => {
  for (const definition of definitions) {
    const [, , ...lines] = chartFile(definition).split('\n')
    const body = lines.slice(0, -2).join('\n')
    expect(body).not.toContain('{{')
    expect(parse(body)).toMatchObject({ metadata: { annotations: { 'helm.sh/resource-policy': 'keep' } } })
  }
})
