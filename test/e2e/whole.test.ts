// One cluster, one operator, and what people do to them, in this order: later parts stand on what earlier ones made.
import { describe } from 'vitest'
import { damage } from './damage.ts'
import { edge } from './edge.ts'
import { external } from './external.ts'
import { first } from './first.ts'
import { ingress } from './ingress.ts'
import { input } from './input.ts'
import { looks } from './looks.ts'
import { operations } from './operations.ts'
import { policies } from './policies.ts'
import { rest } from './rest.ts'
import { retained } from './retained.ts'
import { rights } from './rights.ts'
import { tls } from './tls.ts'
import { users } from './users.ts'

describe('an instance is applied, and a person uses it', () => {
  first()
})
describe('what kubectl shows', () => {
  looks()
})
describe('bad input', () => {
  input()
})
describe('users', () => {
  users()
})
describe('network policies', () => {
  policies()
})
describe('the edge', () => {
  edge()
})
describe('operations', () => {
  operations()
})
describe('a database that somebody else runs', () => {
  external()
})
describe('certificates', () => {
  tls()
})
describe('an ingress controller', () => {
  ingress()
})
describe('at rest', () => {
  rest()
})
describe('damage', () => {
  damage()
})
describe('deleted and applied again', () => {
  retained()
})
describe('rights', () => {
  rights()
})
