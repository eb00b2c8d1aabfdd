// The elements of index.html, and how forms behave.
import { Refusal } from './server.ts'

export const byId = <E extends HTMLElement>(id: string, type: new () => E): E => {
  const element = document.getElementById(id)
  if (!(element instanceof type)) throw new Error(`index.html has no ${type.name} #${id}`)
  return element
}

export const field = <E extends HTMLElement>(form: HTMLFormElement, name: string, type: new () => E): E => {
  const element = form.elements.namedItem(name)
  if (!(element instanceof type)) throw new Error(`the form #${form.id} has no ${type.name} ${name}`)
  return element
}

/** Shows a text, or hides the element when there is none. */
export const show = (element: HTMLElement, text: string): void => {
  element.textContent = text
  element.hidden = text === ''
}

export const option = (value: string | number, text: string): HTMLOptionElement => new Option(text, String(value))

export const expired = 'Ihre Sitzung ist zu Ende. Bitte melden Sie sich wieder an.'

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What happens when the session is over, and why it is. */
export type OnSignedOut = (reason: string) => void

/** Sends a form by `work`; meanwhile it cannot be sent again, and a refusal stands in the form. */
export const onSubmit = (form: HTMLFormElement, signedOut: OnSignedOut, work: () => Promise<void>): void => {
  const error = form.querySelector<HTMLElement>('.error')
  const button = form.querySelector<HTMLButtonElement>('button[type=submit]')
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (error) show(error, '')
    if (button) button.disabled = true
    work()
      .catch((cause: unknown) => {
        if (cause instanceof Refusal && cause.status === 401 && form.id !== 'login') signedOut(expired)
        else if (error) show(error, messageOf(cause))
      })
      .finally(() => {
        if (button) button.disabled = false
      })
  })
}
