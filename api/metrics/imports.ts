// Counts an import that succeeded: those that fail are counted among the requests.
import { ticks } from '../system.ts'
import type { ImportKind, Metrics } from './metrics.ts'

export const countedImport = async <T>(metrics: Metrics, kind: ImportKind, work: () => Promise<T>, rowsOf: (result: T) => number): Promise<T> => {
  const start = ticks()
  const result = await work()
  metrics.importFinished(kind, rowsOf(result), (ticks() - start) / 1_000)
  return result
}
