/** Local time without a zone, to the microsecond, as rules have kept it ever since. */
export const localTimestamp = (now: Date): string => {
  const two = (number: number) => String(number).padStart(2, '0')
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
  const micros = String(now.getMilliseconds() * 1000).padStart(6, '0')
  return `${day}T${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}.${micros}`
}
