// What a person writes into a FiniaUser.
import { type Static, Type } from 'typebox'
import { Choice, immutable, ObjectName } from './fields.ts'

export const UserSpec = Type.Object(
  {
    instance: ObjectName({
      description: 'FiniaInstance, in the same namespace, that the user belongs to. Cannot be changed after creation.',
      ...immutable('spec.instance'),
    }),
    username: Type.Optional(
      Type.String({
        pattern: '^[a-z0-9][a-z0-9_]{0,31}$',
        maxLength: 32,
        description: "Name that the person logs in with, also the database account's. When absent: metadata.name. Cannot be changed after creation.",
        ...immutable('spec.username'),
      }),
    ),
    passwordSecret: Type.Optional(
      Type.Object(
        {
          name: ObjectName({ description: 'Name of the Secret.' }),
          key: Type.String({ default: 'password', minLength: 1, maxLength: 253, description: 'Key of the Secret that holds the password.' }),
        },
        {
          description:
            'Where the password is read from; a change of the Secret changes the password. When absent: generated once, into Secret <user>-password; an account that already exists then keeps the password it has.',
        },
      ),
    ),
    seed: Type.Boolean({ default: true, description: "Whether a new database starts with FiniA's example categories and accounts (cfg/data.yaml)." }),
    deletionPolicy: Choice(['Retain', 'Delete'], {
      default: 'Retain',
      description: 'What happens when the FiniaUser is deleted. Retain keeps the account and its database; Delete drops both.',
    }),
  },
  {
    description: 'What is wanted.',
    'x-kubernetes-validations': [
      {
        rule: 'has(self.username) == has(oldSelf.username)',
        message: 'spec.username cannot be added or removed after creation: delete the object and create it anew',
      },
    ],
  },
)

export type UserSpec = Static<typeof UserSpec>
