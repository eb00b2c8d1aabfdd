// A database without tables, or with those of an older release: the person decides, and sees how far it is.
import { byId, field, type OnSignedOut, onSubmit } from './dom.ts'
import { german } from './sentences.ts'
import { get, Refusal, stream } from './server.ts'

interface Status {
  readonly pending_count: number
  readonly is_initial: boolean
}

interface Progress {
  readonly phase: string
  readonly message: string
  readonly status?: string
  readonly current?: number
  readonly total?: number
}

const form = byId('migration-form', HTMLFormElement)
const bar = byId('migration-progress', HTMLProgressElement)
const message = byId('migration-message', HTMLParagraphElement)

const describe = ({ is_initial: initial }: Status): void => {
  byId('migration-title', HTMLHeadingElement).textContent = initial ? 'Datenbank einrichten' : 'Datenbank aktualisieren'
  byId('migration-text', HTMLParagraphElement).textContent = initial
    ? 'Ihre Datenbank hat noch keine Tabellen. FiniA legt sie an; das dauert einige Sekunden.'
    : 'Ihre Datenbank ist von einer älteren Fassung von FiniA und wird an diese angepasst. Die Daten bleiben erhalten.'
  byId('migration-start', HTMLButtonElement).textContent = initial ? 'Einrichten' : 'Aktualisieren'
  byId('migration-backup', HTMLLabelElement).hidden = initial
  field(form, 'backup', HTMLInputElement).required = !initial
  form.reset()
  bar.hidden = true
  message.textContent = ''
}

/** Whether something has to be done to the database first; the form then says what. When that cannot be found out the person goes on, as in FiniA. */
export const needsMigration = async (): Promise<boolean> => {
  try {
    const status = await get<Status>('/api/setup/migrations/status')
    if (status.pending_count > 0) describe(status)
    return status.pending_count > 0
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) throw error
    return false
  }
}

const showProgress = ({ message: text, current, total }: Progress): void => {
  message.textContent = text
  if (current !== undefined && total) {
    bar.max = total
    bar.value = current
  }
}

export const watchMigrationForm = (signedOut: OnSignedOut, done: () => Promise<void>): void =>
  onSubmit(form, signedOut, async () => {
    bar.removeAttribute('value')
    bar.hidden = false
    let last: Progress | undefined
    try {
      await stream<Progress>('/api/setup/migrations/apply', (progress) => {
        last = progress
        showProgress(progress)
      })
      if (last?.phase === 'error') throw new Error(german(last.message))
      if (last?.status !== 'success') throw new Error('Die Verbindung brach ab. Was getan war, bleibt; bitte versuchen Sie es noch einmal.')
    } finally {
      bar.hidden = true
      message.textContent = ''
    }
    await done()
  })
