// The page: signed out it shows the login, signed in the import and the list, once the database is ready for them.
import { loadAccounts, watchAccountForm } from './accounts.ts'
import { byId, expired, field, messageOf, onSubmit, show } from './dom.ts'
import { forgetImport, loadFormats, watchImportForms } from './import.ts'
import { needsMigration, watchMigrationForm } from './migration.ts'
import { forgetPassword, watchPasswordForm } from './password.ts'
import { get, post, Refusal } from './server.ts'
import { forgetTransactions, loadTransactions, watchTransactions } from './transactions.ts'

interface Session {
  readonly username: string
  readonly database: string
}

const loginForm = byId('login', HTMLFormElement)
const views = ['login', 'migration', 'work'] as const
const pageError = byId('page-error', HTMLParagraphElement)

const showView = (wanted?: (typeof views)[number]): void => {
  for (const view of views) byId(`${view}-view`, HTMLElement).hidden = view !== wanted
}

const showVisitor = (session?: Session): void => {
  byId('visitor', HTMLDivElement).hidden = session === undefined
  byId('visitor-name', HTMLSpanElement).textContent = session ? `${session.username} (${session.database})` : ''
}

/** What one person saw must not stay for the next one. */
const signedOut = (reason = ''): void => {
  show(pageError, reason)
  forgetImport()
  forgetTransactions()
  forgetPassword()
  showVisitor()
  showView('login')
  field(loginForm, 'username', HTMLInputElement).focus()
}

const work = async (): Promise<void> => {
  showView('work')
  await Promise.all([loadAccounts(), loadFormats(), loadTransactions()])
}

const enter = async (session: Session): Promise<void> => {
  showVisitor(session)
  showView()
  if (await needsMigration()) showView('migration')
  else await work()
}

const report = (error: unknown): void => {
  if (error instanceof Refusal && error.status === 401) signedOut(expired)
  else show(pageError, messageOf(error))
}

onSubmit(loginForm, signedOut, async () => {
  const data = new FormData(loginForm)
  const session = await post<Session>('/api/auth/login', { username: data.get('username'), password: data.get('password') })
  loginForm.reset()
  show(pageError, '')
  await enter(session).catch(report)
})

byId('logout', HTMLButtonElement).addEventListener('click', () => {
  post('/api/auth/logout').then(() => signedOut(), report)
})

watchMigrationForm(signedOut, work)
watchAccountForm(signedOut)
watchImportForms(signedOut, () => loadTransactions())
watchTransactions(signedOut)
watchPasswordForm(signedOut)
get<Session>('/api/auth/session').then(
  (session) => enter(session).catch(report),
  // Whoever comes for the first time has no session that could be over.
  (error: unknown) => (error instanceof Refusal && error.status === 401 ? signedOut() : report(error)),
)
