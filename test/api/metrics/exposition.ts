// Reads what Prometheus would read.

/** Every line with a value, by its name and labels. */
export const samplesOf = (text: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )

export const seriesOf = (text: string, name = ''): readonly string[] => Object.keys(samplesOf(text)).filter((series) => series.startsWith(name))

export interface Declared {
  readonly name: string
  readonly type: string
  readonly help: string
}

export const declaredIn = (text: string): readonly Declared[] =>
  [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)].map(([, name = '', help = '', type = '']) => ({ name, type, help }))
