// Reading a bank's file, and the formats it can be in.
import { accountChoice } from './accounts.ts'
import { byId, field, type OnSignedOut, onSubmit, option, show } from './dom.ts'
import { german } from './sentences.ts'
import { get, send } from './server.ts'

interface Result {
  readonly inserted: number
  readonly total: number
  readonly warnings?: readonly string[]
}

const form = byId('import', HTMLFormElement)
const formatsForm = byId('formats-form', HTMLFormElement)
const result = byId('import-result', HTMLDivElement)
const warnings = byId('import-warnings', HTMLUListElement)
// More than anybody reads; the count says how many there are.
const shownWarnings = 200

export const loadFormats = async (): Promise<void> => {
  const { formats } = await get<{ formats: readonly string[] }>('/api/transactions/import-formats')
  const choice = field(form, 'format', HTMLSelectElement)
  choice.replaceChildren(...(formats.length === 0 ? [option('', 'noch kein Format hinterlegt')] : formats.map((name) => option(name, name))))
  if (formats.length === 0) byId('formats', HTMLDetailsElement).open = true
}

const showResult = ({ inserted, total, warnings: texts = [] }: Result): void => {
  const known = total - inserted - texts.length
  const rest = known > 0 ? ' Die übrigen waren schon da oder wurden ausgelassen.' : ''
  byId('import-message', HTMLParagraphElement).textContent = `${inserted} von ${total} Umsätzen übernommen.${rest}`
  const more = texts.length > shownWarnings ? [`… und ${texts.length - shownWarnings} weitere Hinweise`] : []
  warnings.replaceChildren(
    ...[...texts.slice(0, shownWarnings).map(german), ...more].map((text) => {
      const item = document.createElement('li')
      item.textContent = text
      return item
    }),
  )
  result.hidden = false
}

export const forgetImport = (): void => {
  result.hidden = true
  form.reset()
}

export const watchImportForms = (signedOut: OnSignedOut, imported: () => Promise<void>): void => {
  onSubmit(form, signedOut, async () => {
    result.hidden = true
    const data = new FormData(form)
    if (accountChoice.value !== '') data.set('account_id', accountChoice.value)
    showResult(await send<Result>('/api/transactions/import-csv', data))
    await imported()
  })
  const done = formatsForm.querySelector<HTMLElement>('.done')
  onSubmit(formatsForm, signedOut, async () => {
    if (done) show(done, '')
    const answer = await send<{ imported_count: number; errors: readonly string[] | null }>(
      '/api/settings/import-formats/upload-yaml',
      new FormData(formatsForm),
    )
    if (answer.errors) throw new Error(answer.errors.join('\n'))
    formatsForm.reset()
    await loadFormats()
    if (done) show(done, `${answer.imported_count} Formate hinterlegt.`)
  })
}
