// The text of an uploaded YAML file as plain data. Pure.
import { parseDocument } from 'yaml'

const sentence = (cause: unknown) => (cause instanceof Error ? cause.message : 'it cannot be unfolded')

/** What the file holds, or why it cannot be read. */
export const readYaml = (text: string): { readonly root: unknown } | { readonly problem: string } => {
  const document = parseDocument(text, { merge: true })
  const [error] = document.errors
  if (error) return { problem: error.message }
  try {
    // Aliases that unfold without end are refused by the one, those that lead back to themselves by the other.
    const root: unknown = document.toJS()
    JSON.stringify(root)
    return { root }
  } catch (cause) {
    return { problem: sentence(cause).split('\n')[0] ?? '' }
  }
}
