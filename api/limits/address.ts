// Addresses as they are counted and compared: each client in one spelling. Pure.
import { isIP } from 'node:net'

/** The eight numbers of an IPv6 address. */
const groupsOf = (address: string): readonly number[] => {
  // the URL parser knows every spelling, also the one that ends like an IPv4 address
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const numbers = (part = '') => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const [first, last] = [numbers(head), numbers(tail)]
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last]
}

const mapped = [0, 0, 0, 0, 0, 0xffff]

/** An address without the zone of an interface, and an IPv4 address as such however it is wrapped; undefined when it is none. */
export const plainAddress = (text: string): string | undefined => {
  const address = text.replace(/%.*$/, '')
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : undefined
  const groups = groupsOf(address)
  if (!mapped.every((group, index) => groups[index] === group)) return address
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.')
}

/** Who counts as one client: an IPv4 address, or the 64 bits that a household gets of IPv6, whose last ones it changes as it likes. */
export const networkOf = (address: string): string => {
  const plain = plainAddress(address)
  if (plain === undefined || isIP(plain) === 4) return plain ?? address
  const groups = groupsOf(plain).slice(0, 4)
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`
}
