// An answer on an HTTP/2 stream, and the many ways in which it is cut off.
import { type ClientHttp2Stream, constants, type IncomingHttpHeaders } from 'node:http2'
import { KubeError } from './errors.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly stream: ClientHttp2Stream
}

const lost = (attempted: string, stream: ClientHttp2Stream, cause: unknown): KubeError => {
  const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM
  const explanation = cause instanceof Error ? cause.message : `the stream was reset (code ${stream.rstCode})`
  return new KubeError({ status: 0, reason: refused ? 'Unreachable' : 'ConnectionLost', attempted, explanation, cause })
}

/** The head of the answer. */
export const answerOf = (stream: ClientHttp2Stream, attempted: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    stream.once('response', (headers) => resolve({ status: headers[':status'] ?? 0, headers, stream }))
    stream.once('error', (error) => reject(lost(attempted, stream, error)))
    stream.once('close', () => reject(lost(attempted, stream, undefined)))
  })

/** The whole body. */
export const textOf = async ({ stream }: Answer, attempted: string): Promise<string> => {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of stream) chunks.push(chunk as Buffer)
  } catch (error) {
    throw lost(attempted, stream, error)
  }
  if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) throw lost(attempted, stream, undefined)
  return Buffer.concat(chunks).toString('utf8')
}

/** The first value of a header. */
export const header = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** The body as it arrives; a stream that was reset fails instead of seeming to end. */
export async function* bytesOf(stream: ClientHttp2Stream, attempted: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } catch (error) {
    throw lost(attempted, stream, error)
  }
  if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) throw lost(attempted, stream, undefined)
}
