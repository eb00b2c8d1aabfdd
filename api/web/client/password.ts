// The form for a new password. The answer's cookie takes the place of the old one, so the page goes on.
import { byId, type OnSignedOut, onSubmit, show } from './dom.ts'
import { post } from './server.ts'

const form = byId('password', HTMLFormElement)
const done = form.querySelector<HTMLElement>('.done')

export const forgetPassword = (): void => {
  form.reset()
  if (done) show(done, '')
}

export const watchPasswordForm = (signedOut: OnSignedOut): void =>
  onSubmit(form, signedOut, async () => {
    if (done) show(done, '')
    const data = new FormData(form)
    if (data.get('new_password') !== data.get('repeated')) throw new Error('Das neue Passwort ist nicht zweimal gleich geschrieben.')
    await post('/api/auth/password', { current_password: data.get('current_password'), new_password: data.get('new_password') })
    form.reset()
    if (done) show(done, 'Das Passwort ist geändert.')
  })
