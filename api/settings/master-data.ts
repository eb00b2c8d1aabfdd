// An uploaded YAML file of master data: of all that may stand in it one section is asked for.
import { isBasicText } from '../db/basic-text.ts'
import { BadRequest, HttpError } from '../errors.ts'
import { utf8 } from '../import/text-of-file.ts'
import type { UploadedFile } from '../request.ts'
import { readSeedFile, type SeedData, verbatim } from '../setup/seed-data.ts'
import { readYaml } from './yaml.ts'

export type Section = 'categories' | 'account_data' | 'planningCycle'

// YAML is read in one go, and everybody waits meanwhile: some 300 ms for as much as this, which is a thousand accounts.
const largest = 262_144
/** A file with more mistakes than this is of another kind. */
const toldAtOnce = 5

const invalid = (problem: string) => new BadRequest(`Invalid YAML file: ${problem}`)

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** What the section of the file says; fails with the sentence that tells its author what to change. */
export const readMasterData = ({ content }: UploadedFile, section: Section): SeedData => {
  if (content.length > largest) throw new HttpError(413, `The file is larger than ${largest} bytes; send it in smaller parts.`)
  const text = utf8(content)
  if (text === undefined) throw invalid('it is not UTF-8')
  const yaml = readYaml(text, verbatim)
  if ('problem' in yaml) throw invalid(yaml.problem)
  const { root: file } = yaml
  if (!isObject(file) || !Object.hasOwn(file, section))
    throw new BadRequest(`YAML file does not contain a${section === 'account_data' ? 'n' : ''} '${section}' section.`)
  if (!Array.isArray(file[section])) throw new BadRequest(`'${section}' must be a list.`)
  if (!isBasicText(JSON.stringify(file[section])))
    throw invalid(`'${section}' holds an emoji or another character beyond U+FFFF, which the tables cannot hold; take it out.`)
  const reading = readSeedFile({ [section]: file[section] })
  if (!('problems' in reading)) return reading.data
  const more = reading.problems.length - toldAtOnce
  throw invalid(`${reading.problems.slice(0, toldAtOnce).join(' ')}${more > 0 ? ` And ${more} more.` : ''}`)
}
