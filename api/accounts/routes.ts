import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Db } from '../db/db.ts'
import { retriedTransaction } from '../db/retry.ts'
import { BadRequest, HttpError } from '../errors.ts'
import { readMasterData } from '../settings/master-data.ts'
import { importAccounts } from './import-accounts.ts'
import {
  type AccountRow,
  countAccounts,
  deleteAccount,
  deleteImportPaths,
  findAccount,
  insertAccount,
  insertImportPath,
  listAccounts,
  listAccountTypes,
  listFileFormats,
  listGirokontoNames,
  type NewAccount,
  updateAccount,
  updateImportPath,
} from './repository.ts'
import { Account, AccountBody, AccountPage, AccountQuery, ById, FileBody, FileFormats, Imported, Message, Names, Types } from './schema.ts'

const notFound = () => new HttpError(404, 'Account not found.')

const refuseNothing = async ({ body }: FastifyRequest) => {
  if (body === undefined || body === null) throw new BadRequest('No data provided.')
}

const existing = async (db: Db, id: number): Promise<AccountRow> => {
  const account = await findAccount(db, id)
  if (!account) throw notFound()
  return account
}

/** Only with both is there anything to import from; a path is never taken away. */
const storeImportPath = async (db: Db, id: number, { importPath, importFormat }: NewAccount): Promise<void> => {
  if (!importPath || !importFormat) return
  if (!(await updateImportPath(db, id, importPath, importFormat))) await insertImportPath(db, id, importPath, importFormat)
}

const createAccount = (db: Db, account: NewAccount): Promise<AccountRow> =>
  retriedTransaction(db, async (inside) => {
    const id = await insertAccount(inside, account)
    await storeImportPath(inside, id, account)
    return existing(inside, id)
  })

const changeAccount = (db: Db, id: number, account: NewAccount): Promise<AccountRow> =>
  retriedTransaction(db, async (inside) => {
    if (!(await updateAccount(inside, id, account))) throw notFound()
    await storeImportPath(inside, id, account)
    return existing(inside, id)
  })

const lists: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/list',
    { config: { operation: 'fetch accounts' }, schema: { summary: 'A page of accounts, by name', querystring: AccountQuery, response: { 200: AccountPage } } },
    async ({ db, query: { page, page_size, search } }) => {
      const total = await countAccounts(db, search)
      return { accounts: [...(await listAccounts(db, search, page_size, (page - 1) * page_size))], page, page_size, total }
    },
  )

  app.get(
    '/girokonto/list',
    { config: { operation: 'fetch accounts' }, schema: { summary: 'Names of the current accounts', response: { 200: Names } } },
    async ({ db }) => ({
      accounts: [...(await listGirokontoNames(db))],
    }),
  )

  app.get(
    '/types/list',
    { config: { operation: 'fetch account types' }, schema: { summary: 'Types that an account can have', response: { 200: Types } } },
    async ({ db }) => ({
      types: [...(await listAccountTypes(db))],
    }),
  )

  app.get(
    '/formats/list',
    { config: { operation: 'fetch import formats' }, schema: { summary: 'Formats that folders are read in', response: { 200: FileFormats } } },
    async ({ db }) => ({
      formats: [...(await listFileFormats(db))],
    }),
  )
}

const imports: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/import-yaml',
    {
      config: { operation: 'import accounts', form: true },
      schema: { summary: 'Import accounts from a YAML file', body: FileBody, response: { 200: Imported } },
    },
    async ({ db, body }) => {
      const { accounts } = readMasterData(body.file, 'account_data')
      await importAccounts(db, accounts)
      return { status: 'success', imported: accounts.length, message: `${accounts.length} accounts imported.` }
    },
  )
}

export const accountRoutes: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(lists)
  await app.register(imports)

  app.get(
    '/:account_id',
    { config: { operation: 'fetch account' }, schema: { summary: 'One account', refuses: [404], params: ById, response: { 200: Account } } },
    async ({ db, params }) => existing(db, params.account_id),
  )

  app.post(
    '/',
    {
      config: { operation: 'create account' },
      preValidation: refuseNothing,
      schema: { summary: 'Create an account', body: AccountBody, response: { 200: Account } },
    },
    async ({ db, body }) => createAccount(db, body),
  )

  app.put(
    '/:account_id',
    {
      config: { operation: 'update account' },
      preValidation: refuseNothing,
      schema: { summary: 'Replace an account', refuses: [404], params: ById, body: AccountBody, response: { 200: Account } },
    },
    async ({ db, params, body }) => changeAccount(db, params.account_id, body),
  )

  app.delete(
    '/:account_id',
    { config: { operation: 'delete account' }, schema: { summary: 'Delete an account, when there is one', params: ById, response: { 200: Message } } },
    async ({ db, params }) => {
      await retriedTransaction(db, async (inside) => {
        await deleteImportPaths(inside, params.account_id)
        await deleteAccount(inside, params.account_id)
      })
      return { message: 'Account deleted successfully.' }
    },
  )
}
