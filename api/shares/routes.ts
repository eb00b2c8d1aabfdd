import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { countedImport } from '../metrics/imports.ts'
import { findEntry, listLinkableEntries } from './accounting-entries.ts'
import { shareHistory } from './history-routes.ts'
import { importShareFile } from './import-shares.ts'
import { ByEntry, Entries, EntryQuery, FileForm, FileImported, MaybeEntry } from './schema.ts'
import { sharesThemselves } from './share-routes.ts'
import { shareTransactions } from './trade-routes.ts'

const linkableEntries: FastifyPluginAsyncTypebox = async (app) => {
  const config = { operation: 'fetch accounting entries' }

  app.get(
    '/',
    { config, schema: { summary: 'Entries that a trade can be linked to', querystring: EntryQuery, response: { 200: Entries } } },
    async ({ db, query }) => ({
      entries: [...(await listLinkableEntries(db, query.type, query.date))],
    }),
  )

  app.get(
    '/:entry_id',
    { config, schema: { summary: 'One entry that a trade is linked to', params: ByEntry, response: { 200: MaybeEntry } } },
    async ({ db, params }) => ({
      entry: (await findEntry(db, params.entry_id)) ?? null,
    }),
  )
}

const imports: FastifyPluginAsyncTypebox<Pick<Deps, 'metrics'>> = async (app, { metrics }) => {
  for (const kind of ['history', 'transactions'] as const) {
    app.post(
      `/${kind}`,
      {
        config: { operation: `import share ${kind}`, form: true },
        schema: { summary: `Import ${kind === 'history' ? 'prices' : 'trades'} from a CSV file`, body: FileForm, response: { 200: FileImported } },
      },
      async ({ db, body }) => {
        const read = () => importShareFile(db, body.file.content, kind)
        const { errors, ...counts } = await countedImport(metrics, `share_${kind}`, read, ({ imported, skipped }) => imported + skipped)
        return { status: 'success', ...counts, errors: [...errors] }
      },
    )
  }
}

export const shareRoutes: FastifyPluginAsyncTypebox<Pick<Deps, 'clock' | 'settings' | 'metrics'>> = async (app, { clock, settings, metrics }) => {
  await app.register(sharesThemselves)
  await app.register(shareHistory, { clock, settings, prefix: '/history' })
  await app.register(shareTransactions, { prefix: '/transactions' })
  await app.register(linkableEntries, { prefix: '/accounting-entries' })
  await app.register(imports, { metrics, prefix: '/import' })
}
