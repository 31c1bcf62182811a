import { nameOf } from './samples/examples.ts'
import { createSampler, demandSuccess, type Sample } from './samples/sampler.ts'
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

/** Those that ask the database, each by one statement. */
export const statementNames = operationNames.filter((name) =>
  ['read', 'write', 'keyed'].includes(`${operations.get(name)?.kind}`),
)

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

/** What the tables show of a request before it and after it. */
type Effect = { before: string; after: string }

/** Makes the rows that requests of all these names are about. */
export async function prepareCells(
  service: Service,
  ownerUrl: string,
  names: readonly string[] = operationNames,
): Promise<Cells> {
  const prepared = await prepare(service, names)
  await learnEffects(service, ownerUrl, names)
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
      const contents = await readContents(ownerUrl)
      const logs = service.logs().join('\n')
      return answers.map((answer) => ({
        ...answer,
        attempts: attemptsOf(logs, answer.headers.get('X-Request-Id')),
        effect: effectOf(answer, contents),
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
    const isWrite = operation.kind === 'write' || operation.kind === 'keyed'
    const { label, sample } = isWrite ? createSampler(service.request) : reader
    prepared.set(name, {
      ...operation,
      label,
      sample: await sample(operation.operation, operation.way),
    })
  }
  return prepared
}

/** The effect of each write is the same each time: it is learnt once. */
const effects = new Map<string, Effect>()

/** Sends what is not known yet while nothing is wrong. */
async function learnEffects(service: Service, ownerUrl: string, names: readonly string[]) {
  const unknown = names.filter((name) => !effects.has(name))
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
  for (const [name, { kind, label, operation }] of prepared) {
    const effect = { before: contentsOf(before, label), after: contentsOf(after, label) }
    if (effect.before === effect.after && (kind === 'write' || kind === 'keyed')) {
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

function effectOf({ name, label }: { name: string; label: string }, contents: Contents) {
  const { before, after } = found(effects, name)
  const now = contentsOf(contents, label)

  if (now === before) {
    return 'none'
  }
  return now === after ? 'once' : 'broken'
}
