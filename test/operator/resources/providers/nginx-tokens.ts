// nginx's language, read back: words, quoted texts, and the marks that end a directive or make a block.

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/** Tokens as nginx's parser makes them; a quoted text is one, and keeps its quote so that it is no word. */
export function nginxTokens(text: string): readonly string[] {
  const tokens: string[] = []
  let at = 0
  const quoted = (quote: string): string => {
    let inner = ''
    at += 1
    while (at < text.length && text[at] !== quote) {
      if (text[at] === '\\') {
        at += 1
        inner += escapes[text[at] ?? ''] ?? text[at] ?? ''
      } else inner += text[at]
      at += 1
    }
    if (at >= text.length) throw new Error(`a text that begins with ${quote} does not end`)
    at += 1
    return inner
  }
  const word = (): string => {
    const start = at
    while (at < text.length && !/[\s;{]/.test(text[at] ?? '')) at += text.startsWith('${', at) || text[at] === '\\' ? 2 : 1
    return text.slice(start, at)
  }
  while (at < text.length) {
    const mark = text[at] ?? ''
    if (/\s/.test(mark)) at += 1
    else if (mark === '#') at = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at)
    else if (mark === ';' || mark === '{' || mark === '}') {
      tokens.push(mark)
      at += 1
    } else tokens.push(mark === '"' || mark === "'" ? quoted(mark) : word())
  }
  return tokens
}
