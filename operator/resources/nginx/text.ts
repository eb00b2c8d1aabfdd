// How lines of a configuration are put together.

/** Lines, each indented by `depth` blanks. */
export const indented = (lines: readonly string[], depth: number): string => lines.map((line) => `${' '.repeat(depth)}${line}\n`).join('')

/** A block: its opening, its lines, its end. */
export const block = (opening: string, lines: readonly string[]): readonly string[] => [`${opening} {`, ...lines.map((line) => `  ${line}`), '}']
