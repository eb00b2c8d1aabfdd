// A network in CIDR notation, such as 10.0.0.0/8. Kubernetes 1.30 has no isCIDR() in its rules, so the schema goes by an expression, and the operator by the rest.
import { Type } from 'typebox'
import { type FieldOptions, rules } from './fields.ts'

const octet = '(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'
const v4 = `(${octet}\\.){3}${octet}`
const group = '[0-9a-fA-F]{0,4}'
/** Groups of the right length; whether there are as many as there must be is for `isCidr` to say. Its last two may be an address of version 4 (RFC 4291, 2.2). */
const v6 = `(${group}:){2,8}(${group}|${v4})`
const pattern = `^(${v4}/(3[0-2]|[12]?[0-9])|${v6}/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$`

const advice = 'give an address and a prefix length, as 10.0.0.0/8 or 2001:db8::/32'

/** What a person reads; the API server says the same of what its schema can tell. */
export const cidrSentence = (field: string, value: string): string => `${field}: "${value}" is no network in CIDR notation: ${advice}`

const form = new RegExp(pattern)
const withV4 = new RegExp(`:${v4}$`)

/** Eight groups, or fewer around the one place where zeros are left out. */
const hasItsGroups = (address: string): boolean => {
  const halves = address.replace(withV4, ':0:0').split('::')
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const isComplete = halves.length === 1 ? groups.length === 8 : halves.length === 2 && groups.length < 8
  return isComplete && groups.every((text) => text !== '')
}

export const isCidr = (text: string): boolean => {
  const [address = ''] = text.split('/')
  return form.test(text) && (!address.includes(':') || hasItsGroups(address))
}

/** One network; `field` is how the sentence calls the list that it stands in. */
export const Cidr = (field: string, options: Partial<FieldOptions> = {}) => {
  const [start, end] = cidrSentence(field, '\n').split('\n')
  return Type.String({
    maxLength: 43,
    ...rules({
      rule: `self.matches(${JSON.stringify(pattern)})`,
      // said where the other cannot be, for the value breaks lines
      message: `${field} has an entry that is no network in CIDR notation: ${advice}`,
      messageExpression: `${JSON.stringify(start)} + self + ${JSON.stringify(end)}`,
    }),
    ...options,
  })
}
