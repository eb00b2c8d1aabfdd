// The proxies whose word about the client is believed, and the walk back over them.
import { BlockList, isIP } from 'node:net'
import { plainAddress } from './address.ts'

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

interface Network {
  readonly address: string
  readonly prefix: number
}

const networkIn = (text: string): Network | undefined => {
  const [, address = '', digits = ''] = /^([0-9a-fA-F.:]+)\/([0-9]{1,3})$/.exec(text) ?? []
  const prefix = Number(digits)
  return isIP(address) !== 0 && prefix <= (isIP(address) === 6 ? 128 : 32) ? { address, prefix } : undefined
}

/** What is wrong with a list of networks, a sentence for each. */
export const networkProblems = (where: string, networks: readonly string[]): readonly string[] =>
  networks
    .filter((text) => !networkIn(text))
    .map((text) => `${where} holds ${JSON.stringify(text)}: write each network as an address and a length, such as 10.0.0.0/8 or fd00::/8.`)

/** Says whether an address is one of a trusted proxy. */
export const trustIn = (networks: readonly string[]): ((address: string) => boolean) => {
  const list = new BlockList()
  for (const { address, prefix } of networks.flatMap((text) => networkIn(text) ?? [])) list.addSubnet(address, prefix, familyOf(address))
  return networks.length === 0 ? () => false : (address) => list.check(address, familyOf(address))
}

/** One entry of X-Forwarded-For; some proxies write the port as well. */
const hopIn = (entry: string): string | undefined => {
  const [, bracketed, withPort] = /^\[([^\]]+)\](?::\d+)?$|^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(entry) ?? []
  return plainAddress(bracketed ?? withPort ?? entry)
}

/**
 * Each proxy appends whom it was called by, so only what a trusted one has appended is true. From the end of the chain: the first
 * address that is no trusted proxy is the client; what is no address has no truth before it either.
 */
export const clientBehind = (nearest: string, forwardedFor: string, isTrusted: (address: string) => boolean): string => {
  const entries = forwardedFor.split(',').map((entry) => entry.trim())
  let client = nearest
  while (isTrusted(client)) {
    const hop = hopIn(entries.pop() ?? '')
    if (hop === undefined) return client
    client = hop
  }
  return client
}
