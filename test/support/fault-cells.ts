import { demandSuccess } from './samples/demand-success.ts'
import { nameOf } from './samples/examples.ts'
import { createSampler, type Sample } from './samples/sampler.ts'
import { isGuarded, mayAskDatabase, type NamedWay, ways } from './samples/ways.ts'
import type { Answer, Service } from './service.ts'
import { type Contents, contentsOf, readContents } from './table-contents.ts'

/** `keyed` has an idempotency key, `ready` asks the database now and then, `still` never. */
type Kind = 'read' | 'write' | 'keyed' | 'ready' | 'still'

type Operation = NamedWay & { kind: Kind }

function kindOf({ operation, way }: NamedWay): Kind {
  if (!isGuarded(operation)) {
    return mayAskDatabase(operation) ? 'ready' : 'still'
  }
  if (operation.method === 'GET') {
    return 'read'
  }
  return way.isKeyed ? 'keyed' : 'write'
}

/** Every operation of the contract, and each way of it that makes another statement. */
const operations = new Map<string, Operation>(
  ways.map((each) => [each.name, { ...each, kind: kindOf(each) }]),
)

export const operationNames = [...operations.keys()]

const isWrite = (name: string) => /^(?:write|keyed)$/.test(`${operations.get(name)?.kind}`)

/** Those that ask the database, each by one statement. */
export const statementNames = operationNames.filter(
  (name) => operations.get(name)?.kind === 'read' || isWrite(name),
)

/** What may take the database a second. A caller may have no more of them at once than this. */
export const searchesAtOnce = 4
export function isSearch(name: string): boolean {
  const { kind, way } = found(operations, name)
  return kind === 'read' && way.query !== undefined
}

/** What a request came to, and what the tables show of it. */
export type Cell = Pick<Answer, 'status' | 'text' | 'headers'> & {
  name: string
  kind: Kind
  seconds: number
  /** How often the database was asked, as the log has it. */
  attempts: number
  /** `broken` is half a change, or one made twice. */
  effect: 'none' | 'once' | 'broken'
}

export type Cells = {
  send(name: string): Promise<void>
  /** All that were sent, once the database can be asked again. */
  settle(): Promise<Cell[]>
}

type Prepared = Operation & { label: string; sample: Sample }

/** Makes the rows that requests of all these names are about. */
export async function prepareCells(
  service: Service,
  ownerUrl: string,
  names: readonly string[] = operationNames,
): Promise<Cells> {
  await learnEffects(service, ownerUrl, names)
  const prepared = await prepare(service, names)
  const before = await readContents(ownerUrl)
  const answers: (Omit<Cell, 'attempts' | 'effect'> & { label: string })[] = []

  return {
    async send(name) {
      const { kind, label, sample } = found(prepared, name)
      const start = performance.now()
      const { status, text, headers } = await send(service, sample)
      const seconds = (performance.now() - start) / 1_000
      answers.push({ name, kind, status, text, headers, seconds, label })
    },
    async settle() {
      const now = await readContents(ownerUrl)
      const logs = service.logs().join('\n')
      return answers.map((answer) => ({
        ...answer,
        attempts: attemptsOf(logs, answer.headers.get('X-Request-Id')),
        effect: effectOf(answer, before, now),
      }))
    },
  }
}

const send = ({ request }: Service, { method, path, body, headers }: Sample) =>
  request(method, path, body, headers)

/** All reads are about the same rows. Each write has its own. */
async function prepare(service: Service, names: readonly string[]) {
  const reader = createSampler(service.request)
  const prepared = new Map<string, Prepared>()

  for (const name of names) {
    const operation = found(operations, name)
    const { label, sample } = isWrite(name) ? createSampler(service.request) : reader
    prepared.set(name, {
      ...operation,
      label,
      sample: await sample(operation.operation, operation.way),
    })
  }
  return prepared
}

/** What the tables show of each write behind it. It is the same each time, and learnt once. */
const effects = new Map<string, string>()

/** Sends what is not known yet while nothing is wrong. */
async function learnEffects(service: Service, ownerUrl: string, names: readonly string[]) {
  const unknown = names.filter((name) => isWrite(name) && !effects.has(name))
  if (unknown.length === 0) {
    return
  }
  const prepared = await prepare(service, unknown)
  const before = await readContents(ownerUrl)
  for (const { operation, sample } of prepared.values()) {
    const { status, text } = await send(service, sample)
    demandSuccess(operation, status, text)
  }
  const after = await readContents(ownerUrl)
  for (const [name, { label, operation }] of prepared) {
    const effect = contentsOf(after, label)
    if (effect === contentsOf(before, label)) {
      throw new Error(
        `${nameOf(operation)}: its example changes nothing: give the contract one that changes a row.`,
      )
    }
    effects.set(name, effect)
  }
}

function found<Value>(map: ReadonlyMap<string, Value>, name: string): Value {
  const value = map.get(name)
  if (value === undefined) {
    throw new TypeError(`${name} is no operation of the contract.`)
  }
  return value
}

function attemptsOf(logs: string, requestId: string | null): number {
  const line = logs.split('\n').find((text) => text.includes(`"requestId":"${requestId}"`))
  return line === undefined ? Number.NaN : JSON.parse(line).attempts
}

function effectOf(
  { name, label }: { name: string; label: string },
  before: Contents,
  now: Contents,
): Cell['effect'] {
  const shown = contentsOf(now, label)

  if (shown === contentsOf(before, label)) {
    return 'none'
  }
  return shown === effects.get(name) ? 'once' : 'broken'
}
