// What a person writes into a FiniaOperation, and what the operator says of it.
import { type Static, Type } from 'typebox'
import { Choice, immutable, ObjectName } from './fields.ts'
import { conditions, observedGeneration } from './status.ts'

const time = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

export const OperationSpec = Type.Object(
  {
    instance: ObjectName({ description: 'FiniaInstance, in the same namespace, that the act concerns.' }),
    type: Choice(['RenewCertificate', 'RotateKeys'], {
      description:
        "The act. RenewCertificate: the edge's certificate is issued anew, though the old one is still good. RotateKeys: sessions are sealed under a new key, and nobody is logged out.",
    }),
    ttlAfterFinished: Type.String({
      pattern: '^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$',
      minLength: 2,
      maxLength: 20,
      default: '24h',
      description: 'How long the object stays after its end, such as 15m; it is deleted then. 0s = at once: only its events tell of it then.',
    }),
  },
  { description: 'What is wanted, once.', ...immutable('spec.instance, spec.type and spec.ttlAfterFinished') },
)

export const OperationStatus = Type.Object(
  {
    observedGeneration,
    state: Type.Optional(
      Choice(['Pending', 'Running', 'Succeeded', 'Failed'], {
        description: 'How far it is. What has succeeded or failed is over: create another object to try again.',
      }),
    ),
    step: Type.Optional(Type.String({ description: 'The step it is at, or was at when it ended: one word, in CamelCase.' })),
    startedAt: time('When it left Pending.'),
    completedAt: time('When it succeeded or failed.'),
    conditions: Type.Optional(conditions),
  },
  { description: 'What is so, written by the operator.' },
)

export type OperationSpec = Static<typeof OperationSpec>
export type OperationStatus = Static<typeof OperationStatus>
