import type { Db } from '../db/db.ts'
import { readFormatFile } from './format-file.ts'
import { storeImportFormats } from './import-formats.ts'

/** Stores the formats of cfg/import_formats.yaml that a database has not got; one that a user has changed stays. Answers how many were stored. */
export const seedImportFormats = async (db: Db, yamlText: string): Promise<number> => {
  const file = readFormatFile(yamlText)
  if ('problem' in file) throw new Error(`import_formats.yaml: ${file.problem}`)
  if (file.errors.length > 0) throw new Error(`import_formats.yaml: ${file.errors.join('; ')}`)
  return storeImportFormats(db, file.formats, true)
}
