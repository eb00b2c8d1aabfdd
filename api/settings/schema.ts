import { Type } from 'typebox'
import { Nullable, Upload } from '../validation/types.ts'

const AnyObject = Type.Unsafe<Readonly<Record<string, unknown>>>({ type: 'object', additionalProperties: true })

export const ById = Type.Object({ setting_id: Type.Integer() })
export const FreeBody = AnyObject
export const Format = Type.Object({ id: Type.Integer(), name: Type.String(), config: AnyObject })
export const Formats = Type.Object({ formats: Type.Array(Format) })
export const Success = Type.Object({ status: Type.String() })
export const FileBody = Type.Object({ file: Upload })
export const FilesStored = Type.Object({
  status: Type.String(),
  imported_count: Type.Integer(),
  total_formats: Type.Integer(),
  errors: Nullable(Type.Array(Type.String())),
})
