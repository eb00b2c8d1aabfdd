// What an assertion says of a position between two characters.
import { type Assertion, isWord } from './parse.ts'

export const holds = (assertion: Assertion, text: readonly string[], position: number): boolean => {
  const [before, after] = [text[position - 1], text[position]]
  if (assertion === 'start') return position === 0
  if (assertion === 'end') return after === undefined || (after === '\n' && position === text.length - 1)
  if (assertion === 'lineStart') return before === undefined || before === '\n'
  if (assertion === 'lineEnd') return after === undefined || after === '\n'
  const boundary = (before !== undefined && isWord(before)) !== (after !== undefined && isWord(after))
  return assertion === 'wordBoundary' ? boundary : !boundary
}
