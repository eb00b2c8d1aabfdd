// The text of the generated files, so that a test can hold them against the schema.
import { stringify } from 'yaml'
import type { Definition } from './definition.ts'

const header = '# Generated from operator/crd by `npm run generate`. Do not edit.\n'
const yaml = (value: unknown) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })

/** For `kubectl apply -f crds/`. */
export const plainFile = (definition: Definition): string => header + yaml(definition)

/** For the chart: it upgrades them with the operator, and an uninstall keeps them, and so everybody's data. */
export const chartFile = (definition: Definition): string => {
  const kept = { ...definition, metadata: { ...definition.metadata, annotations: { 'helm.sh/resource-policy': 'keep' } } }
  return `${header}{{- if .Values.crds.install }}\n${yaml(kept)}{{- end }}\n`
}
