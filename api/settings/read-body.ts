// Settings are free objects: what is wrong with one is told in a sentence, the first mistake only. Pure.
import { Type } from 'typebox'
import { BadRequest } from '../errors.ts'
import { read } from '../validation/read.ts'
import { Decimal } from '../validation/types.ts'
import { deepest, isTooDeep } from './format-file.ts'
import type { Config } from './import-formats.ts'
import type { NewCycle } from './planning-cycles.ts'
import type { ShareCategory } from './share-categories.ts'

const isMissing = (value: unknown) => value === undefined || value === null || value === '' || value === 0

/** Settings keep free objects: what a config means is found out when a file is read with it. */
export const nameAndConfig = ({ name, config }: Config): readonly [string, Config] => {
  const isConfig = typeof config === 'object' && config !== null && !Array.isArray(config)
  if (typeof name !== 'string' || name === '' || !isConfig) throw new BadRequest('name and config (object) are required')
  if (isTooDeep(config)) throw new BadRequest(`config is nested more than ${deepest} deep; write it flatter`)
  return [name, config as Config]
}

const textOf = (body: Config, field: string): string => {
  const value = body[field]
  const text = typeof value === 'string' ? value.trim() : ''
  if (text === '') throw new BadRequest(`'${field}' field is required and must be a non-empty string`)
  return text
}

export const readType = (body: Config): string => textOf(body, 'type')

const units = ['d', 'm', 'y']

export const readCycle = (body: Config): NewCycle => {
  const cycle = textOf(body, 'cycle')
  const { periodValue, periodUnit } = body
  if (periodValue === undefined || periodValue === null) throw new BadRequest("'periodValue' field is required")
  if (typeof periodUnit !== 'string' || !units.includes(periodUnit)) throw new BadRequest(`'periodUnit' must be one of: ${units.join(', ')}`)
  const reading = read(Decimal, periodValue)
  if ('issues' in reading && reading.issues[0]?.type !== 'decimal_whole_digits') throw new BadRequest("'periodValue' must be a number")
  if ('issues' in reading || !/^-?\d{1,8}(\.|$)/.test(reading.value))
    throw new BadRequest("'periodValue' must be a number with at most 8 digits before the point")
  return { cycle, periodValue: reading.value, periodUnit }
}

const kinds = ['buy', 'sell', 'dividend']

export const readShareCategory = ({ category_id, type }: Config): ShareCategory => {
  if (isMissing(category_id) || isMissing(type)) throw new BadRequest('category_id and type required')
  if (typeof type !== 'string' || !kinds.includes(type)) throw new BadRequest('type must be buy, sell, or dividend')
  const reading = typeof category_id === 'boolean' ? undefined : read(Type.Integer(), category_id)
  if (!reading || 'issues' in reading) throw new BadRequest('category_id must be a whole number: the id of a category')
  return { category_id: reading.value, type }
}
