import { isDateTimeText, readDateTime } from '../validation/date-time.ts'

/** `YYYY-MM-DD HH:MM:SS` of a date that is written as one: a form cannot send a number, and digits alone are a date to nobody. */
export const readWrittenDate = (text: string): string | undefined => (isDateTimeText(text) ? readDateTime(text) : undefined)
