import { seeds } from './001/seeds.ts'
import { tables } from './001/tables.ts'
import { createTrigger } from './001/trigger.ts'
import { views } from './001/views.ts'
import type { Migration } from './migration.ts'

export const initialSchema: Migration = {
  version: '001',
  name: 'initial_schema',
  label: 'expand',
  statements: [...tables, ...views, createTrigger, ...seeds],
}
