// The cookie that carries the position of a session's last write. It is sealed for its session, so that what a replica is asked to wait
// for is something that a server has said.
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { KeyRing } from '../../auth/key-ring.ts'
import { type Position, positionText, readPosition } from './position.ts'

const name = 'finia_position'

export interface PositionCookie {
  write(sessionId: string, position: Position): string
  /** The position in a Cookie header, if it is one that was written for this session. */
  read(sessionId: string, header: string | undefined): Position | undefined
  readonly expired: string
}

const valueIn = (header: string | undefined): string | undefined =>
  header
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1)

const sealOf = (key: Uint8Array, sessionId: string, text: string): Buffer => createHmac('sha256', key).update(`${sessionId}\n${text}`).digest().subarray(0, 16)

/** Keys of their own, so that no key serves two ends. */
const sealingKeys = (ring: KeyRing): readonly Uint8Array[] => ring.map(({ key }) => createHmac('sha256', key).update('finia position').digest())

export const positionCookie = (ring: KeyRing, maxAge: number, secure: boolean): PositionCookie => {
  const keys = sealingKeys(ring)
  const [first = new Uint8Array()] = keys
  const cookie = (value: string, age: number) => `${name}=${value}; HttpOnly; Max-Age=${age}; Path=/; SameSite=strict${secure ? '; Secure' : ''}`
  return {
    write: (sessionId, position) => {
      // a comma is not allowed in a cookie
      const text = positionText(position).replaceAll(',', '_')
      return cookie(`${text}.${sealOf(first, sessionId, text).toString('base64url')}`, maxAge)
    },
    read: (sessionId, header) => {
      const [text = '', seal = '', ...rest] = valueIn(header)?.split('.') ?? []
      const given = Buffer.from(seal, 'base64url')
      if (rest.length > 0 || given.length !== 16) return undefined
      const isOurs = keys.some((key) => timingSafeEqual(given, sealOf(key, sessionId, text)))
      return isOurs ? readPosition(text.replaceAll('_', ',')) : undefined
    },
    expired: cookie('', 0),
  }
}
