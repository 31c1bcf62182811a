import * as z from 'zod/mini'
import { described } from '../openapi/components.ts'
import type { Contract } from '../openapi/document.ts'
import { json, Scope } from '../openapi/pieces.ts'

const Caller = z
  .strictObject({
    caller: z.string().register(described, {
      description: 'As the log says it: `key:NAME`, `sub:` and a hash of the subject, or `anyone`.',
    }),
    scopes: z.array(Scope).check(z.maxLength(Scope.options.length)),
  })
  .register(described, { id: 'Caller' })

export const contract = {
  tag: { name: 'caller', description: 'About the credential itself.' },
  operations: {
    '/whoami': {
      get: {
        operationId: 'whoAmI',
        summary: 'What may this credential do?',
        description: 'Needs a key or a token, and none of its scopes.',
        answers: {
          200: {
            description: 'The caller, and the scopes that it has.',
            content: json(Caller, { caller: 'key:support', scopes: ['users:read', 'users:write'] }),
          },
        },
        problems: [],
      },
    },
  },
} as const satisfies Contract
