import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Deps } from '../deps.ts'
import { todayIn } from '../today.ts'
import { listYears } from './repository.ts'

const Years = Type.Object({ years: Type.Array(Type.Integer()) })

export const yearRoutes: FastifyPluginAsyncTypebox<Pick<Deps, 'settings' | 'clock'>> = async (app, { settings, clock }) => {
  app.get(
    '/',
    { config: { operation: 'fetch years' }, schema: { summary: 'Years that have bookings, the latest first', response: { 200: Years } } },
    async ({ db }) => {
      const thisYear = Number(todayIn(settings.api.timeZone, clock.now()).slice(0, 4))
      return { years: [...(await listYears(db, thisYear + 1))] }
    },
  )
}
