// Lines of a byte stream, however it was cut into chunks.

/** A stream ended in the middle of a line. */
export class CutLine extends Error {
  constructor(bytes: number) {
    super(`the stream ended ${bytes} bytes into a line`)
    this.name = 'CutLine'
  }
}

/** Yields each complete line without its newline; throws CutLine when the last one has none, because half an object is no object. */
export async function* lines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let parts: Uint8Array[] = []
  for await (const chunk of chunks) {
    let from = 0
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      parts.push(chunk.subarray(from, at))
      const line = Buffer.concat(parts).toString('utf8')
      parts = []
      from = at + 1
      if (line !== '') yield line
    }
    if (from < chunk.length) parts.push(chunk.subarray(from))
  }
  const rest = parts.reduce((sum, part) => sum + part.length, 0)
  if (rest > 0) throw new CutLine(rest)
}
