import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { startEndpoint } from '../src/endpoint.ts'
import { type Postgres, startPostgres } from '../src/postgres.ts'
import {
  type Answer,
  type RecordedRequest,
  readRecordedAnswers,
  recordedAnswers,
} from './support/recorded-answers.ts'

const arrays = 'Empty arrays are empty here, and boxes are parted by semicolons: the proxy trips.'
const controlPlane = 'The recording has a stand-in for it, which fails when it finds no password.'

/** The files in the order of the recording, each with the groups that differ on purpose, and why. */
const files: Record<string, Record<string, string>> = {
  types: {
    "type PO: '{}'::int4[]": arrays,
    "type PA: '{}'::mood[]": arrays,
    "type PO: array['(1,1),(0,0)'::box]": arrays,
    "type PA: array['(1,1),(0,0)'::box]": arrays,
    "type PA: array['(1,1),(0,0)'::box,'(2,2),(1,1)'::box]": arrays,
    "type PA: array[array['(1,1),(0,0)'::box]]": arrays,
  },
  parameters: {},
  statements: {},
  'statement-errors': {},
  batches: {
    'batch copy, then select': 'The proxy lets the next request have what COPY left behind.',
  },
  'session-state': {},
  'connection-strings': {
    'cs NUL in user': controlPlane,
    'cs long user': controlPlane,
    'cs null password role': controlPlane,
  },
  headers: {},
  'request-bodies': {},
  routing: {
    'http FOO /sql': "Node's HTTP server knows no methods but the registered ones.",
  },
  'response-limit': {},
}

const agent = new Agent({ keepAlive: true })
let port: number

beforeAll(async () => {
  // A server of its own: its roles have names and passwords that anybody could guess.
  const postgres = await startPostgres()
  await setUp(postgres)
  const endpoint = await startEndpoint({ postgresUrl: postgres.url, cors: ['*'] })
  port = endpoint.port

  return async () => {
    agent.destroy()
    await endpoint.close()
    await postgres.close()
  }
})

describe("the answers of Neon's proxy", { tags: ['slow'] }, () => {
  test.for(Object.entries(files))('are given here: %s', async ([file, intended]) => {
    const differing: Record<string, { given: string[]; recorded: string[] }> = {}
    for (const { name, steps } of await readRecordedAnswers(file, 'answers')) {
      const recorded = steps.map(({ request, answer }) => comparable(answer, request))
      const given: string[] = []
      for (const { request } of steps) {
        given.push(comparable(await ask(request), request))
      }
      if (given.join() !== recorded.join()) {
        differing[name] = { given, recorded }
      }
    }
    const isIntended = (name: string) => intended[name] !== undefined
    const unintended = Object.entries(differing).filter(([name]) => !isIntended(name))

    expect(Object.fromEntries(unintended)).toEqual({})
    // Whoever mends one of these takes it from the list.
    expect(Object.keys(differing).filter(isIntended)).toEqual(Object.keys(intended))
  })
})

async function ask(request: RecordedRequest): Promise<Answer> {
  const { method, path, connectionString, body, isChunked } = request
  const headers = {
    ...request.headers,
    ...(connectionString !== null && { 'Neon-Connection-String': connectionString }),
    ...(body.length > 0 && !isChunked && { 'Content-Length': body.length }),
  }
  const sent = httpRequest({ host: '127.0.0.1', port, agent, method, path, headers })
  // In two parts, or Node would give a short body its length.
  sent.write(body)
  sent.end()
  const [answer]: IncomingMessage[] = await once(sent, 'response')
  if (!answer) {
    throw new TypeError('An answer was expected.')
  }
  const json = await text(answer)
  return {
    status: answer.statusCode ?? 0,
    headers: Object.fromEntries(recordedHeaders.map((name) => [name, answer.headers[name]])),
    body: json === '' ? '' : JSON.parse(json),
  }
}

const recordedHeaders = [
  'content-type',
  'access-control-allow-origin',
  'access-control-allow-headers',
  'access-control-max-age',
  'allow',
]

/** Without what is another on every machine. The order of keys counts. */
function comparable(answer: Answer, { comparedColumns }: RecordedRequest): string {
  return JSON.stringify(answer, (key, value) => {
    if (key === 'dataTypeID' || key === 'tableID') {
      return value >= 16_384 ? 'oid' : value
    }
    if (key === 'message') {
      return value.replace(/^(could not parse the HTTP request body: ).*/s, '$1')
    }
    if (key === 'rows' && comparedColumns < Infinity) {
      return value.map((row: unknown[]) => row.slice(0, comparedColumns))
    }
    return value
  })
}

async function setUp({ superuserUrl }: Postgres): Promise<void> {
  const setup = await readFile(new URL('setup.sql', recordedAnswers), 'utf8')
  await run(superuserUrl(), [
    'create database answers template template0',
    'create database "answers sp" template template0',
    'create database noconn',
    'revoke connect on database noconn from public',
  ])
  await run(superuserUrl('answers'), [setup])
  // Last: from here on, the superuser's own connection string is another.
  await run(superuserUrl(), [`alter role postgres password 'postgres'`])
}

async function run(url: string, statements: string[]): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  for (const statement of statements) {
    await client.query(statement)
  }
  await client.end()
}
