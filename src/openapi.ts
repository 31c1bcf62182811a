import { routes } from './app-routes.ts'
import { contracts, problemTexts } from './contracts.ts'
import { createDocument } from './openapi/document.ts'
import { resources } from './resources.ts'

const paths = Object.keys(resources)
  .map((name) => `\`/${name}\``)
  .join(' and ')

/**
 * The contract, made of what the routes demand, and of what the contracts tell besides. `npm run openapi` writes it to
 * `openapi.json`; the Worker itself never reads this file.
 */
export const openapi = createDocument(
  {
    summary: 'Users, kept at the edge.',
    description: [
      'Every answer that is not 2xx or 3xx is a problem of RFC 9457: `application/problem+json`, ' +
        'whose `type` is for programs and whose `detail` is for people. A 422 names all faults of the ' +
        'first part of the request that has any, in the order path, query, headers, body, and never ' +
        'repeats a value.',
      'A path with a slash at its end is the path without. `HEAD` works wherever `GET` does, and ' +
        '`OPTIONS` answers 204 with `Allow`. A query parameter that is not listed, or that comes ' +
        'twice, is a 422 wherever a scope is needed. No request waits longer than ten seconds for the database.',
      `Every path under ${paths} needs the header \`Authorization: Bearer\` with an API key or an access ` +
        'token, of at most 16,384 characters, that has the scope of the operation: 401 without, 403 when ' +
        'the scope is missing. Any of them opens `/whoami`. Who may write sees what it writes. All that is decided before anything ' +
        'else of the request is looked at, so neither tells whether something exists. Who asks too much gets a 429 with `Retry-After`.',
    ].join('\n\n'),
  },
  routes,
  contracts,
  problemTexts,
)
