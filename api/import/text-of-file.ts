// From the bytes of a bank's file to its text.

// As much as is looked at before another encoding than the one of the format is believed.
const beginning = 8192

export const textOfFile = (bytes: Uint8Array, encoding: string): { readonly text: string } | { readonly problem: string } => {
  const name = encoding.toLowerCase().replaceAll('_', '-')
  if (isLatin1(name)) return { text: latin1(bytes) }
  const decoded = decode(bytes, aliases[name] ?? name)
  if (!('bad' in decoded)) return decoded
  if (isUtf8(name) && decoded.bad !== 'encoding' && !('text' in decode(bytes.subarray(0, beginning), 'utf-8', true))) return { text: latin1(bytes) }
  return {
    problem:
      decoded.bad === 'encoding'
        ? `the encoding '${encoding}' of the format is not known; use utf-8 or latin-1`
        : `it is not written in ${encoding}, the encoding of the format; save it as ${encoding} or change the encoding of the format`,
  }
}

const isUtf8 = (name: string) => ['utf-8', 'utf8', 'utf-8-sig'].includes(name)
const isLatin1 = (name: string) => ['latin-1', 'latin1', 'iso-8859-1', 'iso8859-1', 'l1'].includes(name)
const aliases: Readonly<Record<string, string>> = { 'utf-8-sig': 'utf-8', utf16: 'utf-16', cp1252: 'windows-1252' }

// Not by TextDecoder: its latin1 is Windows-1252, where the bytes 80 to 9F mean something else.
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

/** The text of a file that has to be UTF-8; undefined when it is not. */
export const utf8 = (bytes: Uint8Array): string | undefined => {
  const decoded = decode(bytes, 'utf-8')
  return 'text' in decoded ? decoded.text : undefined
}

const decode = (bytes: Uint8Array, encoding: string, stream = false): { readonly text: string } | { readonly bad: 'encoding' | 'bytes' } => {
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(encoding, { fatal: true })
  } catch {
    return { bad: 'encoding' }
  }
  try {
    // Removes a byte order mark. Streaming forgives a character that the end cuts in two.
    return { text: decoder.decode(bytes, { stream }) }
  } catch {
    return { bad: 'bytes' }
  }
}
