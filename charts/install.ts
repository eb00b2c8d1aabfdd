// The text of charts/install.yaml: the chart with its defaults, in a namespace of its own, for people without Helm.
import { renderChart } from './helm.ts'

const head = `# Generated from charts/finia-operator by \`npm run generate\`. Do not edit.
apiVersion: v1
kind: Namespace
metadata:
  name: finia-system
  labels:
    app.kubernetes.io/part-of: finia
    pod-security.kubernetes.io/enforce: restricted
`

/** Nobody upgrades these objects through Helm, so nothing says that Helm manages them. */
const withoutHelm = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^\s+helm\.sh\/chart: |^# Source: /.test(line))
    .join('\n')
    .replaceAll('app.kubernetes.io/managed-by: Helm', 'app.kubernetes.io/managed-by: kubectl')
    .replaceAll(/\n {2}annotations:\n {4}helm\.sh\/resource-policy: keep\n/g, '\n')
    .replaceAll(/\n+---\n/g, '\n---\n')

export const installFile = (helm: string): string => `${head}${withoutHelm(renderChart(helm)).trimEnd()}\n`
