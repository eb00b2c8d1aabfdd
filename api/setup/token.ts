// Who may set up a database: whoever knows the token, and this machine itself when that is allowed.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Settings } from '../config.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

const loopback = ['127.0.0.1', '::1']
/** What a proxy on this machine passes on is not this machine's own. */
const passedOn = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

export const maySetUp = ({ token, allowLocalhost }: Settings['setup'], headers: IncomingHttpHeaders, peer: string): boolean => {
  if (token === '') return true
  if (allowLocalhost && loopback.includes(peer) && !passedOn.some((name) => headers[name] !== undefined)) return true
  const shown = headers['x-setup-token']
  return typeof shown === 'string' && timingSafeEqual(digest(shown), digest(token))
}
