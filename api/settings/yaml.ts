// The text of an uploaded YAML file as plain data. Pure.
import { type Document, isScalar, parseDocument, visit } from 'yaml'

const firstLine = (cause: unknown) => String(cause instanceof Error ? cause.message : cause).split('\n')[0] ?? ''

/** Money must not become a binary float, nor may the number of an account lose its zeros. */
const keepDigits = (document: Document, keys: readonly string[]): void =>
  visit(document, {
    Pair: (_key, { key, value }) => {
      if (isScalar(key) && isScalar(value) && typeof value.value === 'number' && keys.includes(String(key.value))) value.value = value.source
    },
  })

/** What the file holds, or why it cannot be read. Numbers under the keys of `verbatim` are texts, as they are written. */
export const readYaml = (text: string, verbatim: readonly string[] = []): { readonly root: unknown } | { readonly problem: string } => {
  const document = parseDocument(text, { merge: true })
  const [error] = document.errors
  if (error) return { problem: error.message }
  try {
    keepDigits(document, verbatim)
    // Aliases that unfold without end are refused by the one, those that lead back to themselves by the other.
    const root: unknown = document.toJS()
    JSON.stringify(root)
    return { root }
  } catch (cause) {
    return { problem: firstLine(cause) }
  }
}
