// Building blocks of request and response schemas.
import { type Static, type TSchema, Type } from 'typebox'
import type { UploadedFile } from '../request.ts'

/** `T` or null, as one type list: the serialiser and the validator need not try alternatives. */
export const Nullable = <T extends TSchema>(schema: T) => {
  const type = (schema as { type?: string }).type
  return Type.Unsafe<Static<T> | null>({ ...schema, type: [type, 'null'] })
}

/** A field that may be absent or null; null when absent. */
export const OptionalNull = <T extends TSchema>(schema: T) => Type.Unsafe<Static<T> | null>({ ...Nullable(schema), default: null })

/** Money in requests: a number or a numeric text; the handler gets a text in plain notation, exactly as many digits as were sent. */
export const Decimal = Type.Unsafe<string>({ type: 'string', format: 'decimal' })

/** A date, a date with time, or unix time; the handler gets `YYYY-MM-DD HH:MM:SS`. */
export const DateTime = Type.Unsafe<string>({ type: 'string', format: 'date-time-lax' })

/** Money in responses that are JSON numbers: the row's decimal text becomes a number only while it is written. */
export const MoneyNumber = Type.Unsafe<string | number>({ type: 'number' })

/** The same or null. Written with `nullable`: of a list of types the serialiser takes none for a text. */
export const NullableMoneyNumber = Type.Unsafe<string | number | null>({ type: 'number', nullable: true })

/** Money in responses that are texts. */
export const MoneyText = Type.String()

/** A file of a multipart form. */
export const Upload = Type.Unsafe<UploadedFile>({ type: 'object', format: 'upload' })

/** tinyint in a row, true or false in the answer. */
export const Flag = Type.Unsafe<boolean | number>({ type: 'boolean' })

export const Detail = Type.Object({ detail: Type.Unsafe<unknown>({}) })

/** The page of a list, one-based. */
export const pageQuery = (pageSize: number) => ({
  page: Type.Integer({ minimum: 1, default: 1 }),
  page_size: Type.Integer({ minimum: 1, maximum: 1000, default: pageSize }),
})
