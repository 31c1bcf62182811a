import * as z from 'zod/mini'
import { described } from '../openapi/components.ts'
import type { Contract } from '../openapi/document.ts'
import { json } from '../openapi/pieces.ts'

const Health = z
  .strictObject({
    status: z.literal('ok'),
    version: z.string().register(described, { description: 'Of the service.' }),
    versionId: z.string().register(described, { description: 'Of the deployed Worker.' }),
  })
  .register(described, { id: 'Health' })

const health = {
  status: 'ok',
  version: '0.1.0',
  versionId: '095f00a7-23a7-43b7-a227-e4c97cab5f22',
}

export const contract = {
  tag: { name: 'health', description: 'For probes.' },
  operations: {
    '/livez': {
      get: {
        operationId: 'isAlive',
        summary: 'Is the Worker running?',
        answers: {
          200: { description: 'Yes.', content: json(Health, health) },
        },
        problems: [],
      },
    },
    '/readyz': {
      get: {
        operationId: 'isReady',
        summary: 'Does the database answer, and is it as this version needs it?',
        description: 'Asks the database at most once in two seconds.',
        answers: {
          200: { description: 'Yes.', content: json(Health, health) },
        },
        problems: ['rate-limited', 'database-unavailable', 'database-behind', 'database-mismatch'],
      },
    },
  },
} as const satisfies Contract
