// The page: signed out it shows the login, signed in the import and the list.
import { loadAccounts, watchAccountForm } from './accounts.ts'
import { byId, expired, field, messageOf, onSubmit, show } from './dom.ts'
import { forgetImport, loadFormats, watchImportForms } from './import.ts'
import { get, post, Refusal } from './server.ts'
import { forgetTransactions, loadTransactions, watchTransactions } from './transactions.ts'

interface Session {
  readonly username: string
  readonly database: string
}

const loginForm = byId('login', HTMLFormElement)
const loginView = document.querySelector<HTMLElement>('#login-view')
const workView = document.querySelector<HTMLElement>('#work-view')
const pageError = byId('page-error', HTMLParagraphElement)

const showView = (session: Session | undefined): void => {
  if (loginView) loginView.hidden = session !== undefined
  if (workView) workView.hidden = session === undefined
  byId('visitor', HTMLDivElement).hidden = session === undefined
  byId('visitor-name', HTMLSpanElement).textContent = session ? `${session.username} (${session.database})` : ''
  if (!session) field(loginForm, 'username', HTMLInputElement).focus()
}

/** What one person saw must not stay for the next one. */
const signedOut = (reason = ''): void => {
  show(pageError, reason)
  forgetImport()
  forgetTransactions()
  showView(undefined)
}

const enter = async (session: Session): Promise<void> => {
  showView(session)
  await Promise.all([loadAccounts(), loadFormats(), loadTransactions()])
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

watchAccountForm(signedOut)
watchImportForms(signedOut, () => loadTransactions())
watchTransactions(signedOut)
get<Session>('/api/auth/session').then(
  (session) => enter(session).catch(report),
  // Whoever comes for the first time has no session that could be over.
  (error: unknown) => (error instanceof Refusal && error.status === 401 ? signedOut() : report(error)),
)
