// What people write as `1h30m` and `20Mi`, as numbers. The schema has checked the form.

const spans: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1 }
const sizes: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
}

/** `1h30m` → 5400. */
export const seconds = (span: string): number =>
  [...span.matchAll(/(\d+)([hms])/g)].reduce((sum, [, count, unit]) => sum + Number(count) * (spans[unit ?? 's'] ?? 1), 0)

/** `500m` → 0.5, `20Mi` → 20971520; undefined for what is no quantity. */
export const quantity = (text: string): number | undefined => {
  const [, count, unit] = /^([0-9]+(?:\.[0-9]+)?)([a-zA-Z]*)$/.exec(text) ?? []
  const scale = unit === '' ? 1 : sizes[unit ?? '']
  return count === undefined || scale === undefined ? undefined : Number(count) * scale
}

/** `20Mi` → 20971520, whole bytes, and no more than can be written without an exponent. */
export const bytes = (size: string | number): number => Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(quantity(String(size)) ?? 0))
