import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CutLine, lines } from '../../../operator/kube/lines.ts'

async function* chunksOf(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0
  for (const size of sizes) {
    yield bytes.subarray(at, at + size)
    at += size
  }
  yield bytes.subarray(at)
}

const read = async (text: string, sizes: readonly number[]) => {
  const found: string[] = []
  try {
    for await (const line of lines(chunksOf(Buffer.from(text), sizes))) found.push(line)
    return { found, cut: false }
  } catch (error) {
    expect(error).toBeInstanceOf(CutLine)
    return { found, cut: true }
  }
}

test('lines come out whole however the bytes were cut, and half a line at the end is an error', async () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).map((line) => line.replaceAll('\n', '·'))
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 8 }), fc.array(fc.nat(7)), fc.boolean(), async (expected, sizes, ended) => {
      const whole = expected.map((line) => `${line}\n`).join('')
      expect(await read(ended ? whole : `${whole}{"half`, sizes)).toEqual({ found: expected, cut: !ended })
    }),
  )
})
