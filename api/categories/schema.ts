import { Type } from 'typebox'
import { Nullable, OptionalNull, pageQuery, Upload } from '../validation/types.ts'

export const Category = Type.Object({ id: Type.Integer(), name: Type.String(), parent_id: Nullable(Type.Integer()) })
const NamedCategory = Type.Object({ id: Type.Integer(), name: Type.String(), fullname: Type.String() })
const paging = { page: Type.Integer(), page_size: Type.Integer(), total: Type.Integer() }

export const PageQuery = Type.Object(pageQuery(100))
export const ById = Type.Object({ category_id: Type.Integer() })
export const NamedPage = Type.Object({ categories: Type.Array(NamedCategory), ...paging })
export const TreePage = Type.Object({ categories: Type.Array(Category), ...paging })
export const WholeTree = Type.Object({ categories: Type.Array(Category) })
export const NameList = Type.Object({ categories: Type.Array(Type.Object({ id: Type.Integer(), fullname: Type.String() })) })
export const NewCategory = Type.Object({ name: Type.String(), parent_id: OptionalNull(Type.Integer()) })
// No default: a field that is not sent stays as it is, null makes it a top-level category.
export const ChangedCategory = Type.Object({ name: Type.Optional(Type.String()), parent_id: Type.Optional(Nullable(Type.Integer())) })
export const Message = Type.Object({ message: Type.String() })
export const FileBody = Type.Object({ file: Upload })
export const Imported = Type.Object({ status: Type.String(), message: Type.String() })
