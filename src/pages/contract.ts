import * as z from 'zod/mini'
import type { Contract } from '../openapi/document.ts'
import { notModified } from '../openapi/pieces.ts'
import { problems } from '../problem-statuses.ts'

const page = (mediaType: string) => ({
  [mediaType]: {
    schema: mediaType === 'application/json' ? { type: 'object' } : { type: 'string' },
  },
})

const pageHeaders = [
  'Cache-Control-Of-Pages',
  'ETag-Of-Pages',
  'Content-Security-Policy',
  'X-Content-Type-Options',
] as const

export const contract = {
  tag: { name: 'pages', description: 'What people and tools read about the service.' },
  operations: {
    '/': {
      get: {
        operationId: 'goToDocs',
        summary: 'Go to the documentation',
        answers: { 302: { description: 'To `/docs`.', headers: ['Location-Of-Pages'] } },
        problems: [],
      },
    },
    '/docs': {
      get: {
        operationId: 'readDocs',
        summary: 'Read and try the API',
        answers: {
          200: { description: 'A page.', headers: pageHeaders, content: page('text/html') },
          304: { ...notModified, headers: pageHeaders },
        },
        problems: ['not-found'],
      },
    },
    '/docs/{file}': {
      get: {
        operationId: 'getDocsFile',
        summary: 'Get a file of that page',
        path: z.strictObject({ file: z.string() }),
        answers: {
          200: {
            description: 'The file.',
            headers: pageHeaders,
            content: {
              ...page('text/javascript'),
              ...page('text/css'),
              ...page('image/svg+xml'),
              ...page('text/plain'),
            },
          },
          304: { ...notModified, headers: pageHeaders },
        },
        problems: ['not-found'],
      },
    },
    '/console': {
      get: {
        operationId: 'openConsole',
        summary: 'See and mend the users',
        answers: {
          200: { description: 'A page.', headers: pageHeaders, content: page('text/html') },
          304: { ...notModified, headers: pageHeaders },
        },
        problems: ['not-found'],
      },
    },
    '/console/{asset}': {
      get: {
        operationId: 'getConsoleFile',
        summary: 'Get a file of that page',
        path: z.strictObject({ asset: z.string() }),
        answers: {
          200: {
            description: 'The file.',
            headers: pageHeaders,
            content: { ...page('text/javascript'), ...page('text/css'), ...page('text/plain') },
          },
          304: { ...notModified, headers: pageHeaders },
        },
        problems: ['not-found'],
      },
    },
    '/openapi.json': {
      get: {
        operationId: 'getContract',
        summary: 'Get this document',
        answers: {
          200: {
            description: 'OpenAPI 3.1.',
            headers: pageHeaders,
            content: page('application/json'),
          },
          304: { ...notModified, headers: pageHeaders },
        },
        problems: ['not-found'],
      },
    },
    '/problems': {
      get: {
        operationId: 'listProblems',
        summary: 'List every problem',
        answers: {
          200: { description: 'A page.', headers: pageHeaders, content: page('text/html') },
          304: { ...notModified, headers: pageHeaders },
        },
        problems: ['not-found'],
      },
    },
    '/problems/{code}': {
      get: {
        operationId: 'explainProblem',
        summary: 'Read what a problem means',
        path: z.strictObject({ code: z.enum(Object.keys(problems)) }),
        answers: {
          200: { description: 'A page.', headers: pageHeaders, content: page('text/html') },
          304: { ...notModified, headers: pageHeaders },
        },
        problems: ['not-found'],
      },
    },
  },
  parameters: {
    code: {
      description: 'The last part of the `type` of a problem.',
      example: 'email-taken',
      id: 'ProblemCode',
    },
    file: { description: 'A file of the page `/docs`.', example: 'docs.css' },
    asset: { description: 'A file of the page `/console`.', example: 'console.css' },
  },
} as const satisfies Contract
