import { codesOf, type ListedOperation, operations, scopeOf } from '../contract.ts'
import { isOfRow } from './collections.ts'
import { nameOf } from './examples.ts'
import type { Way } from './sampler.ts'

export type NamedWay = { name: string; operation: ListedOperation; way: Way }

/** Each operation of the contract, and each way of it that makes another statement. */
export const ways: readonly NamedWay[] = operations.flatMap((operation) =>
  waysOf(operation).map(([addition, way]) => ({
    name: `${nameOf(operation)}${addition}`,
    operation,
    way,
  })),
)

function waysOf({ method, template, operation }: ListedOperation): [addition: string, way: Way][] {
  const has = (name: string) => operation.parameters.find((parameter) => parameter.name === name)
  const example = (name: string) => `${has(name)?.example ?? ''}`
  const searched = ['count', 'q'].filter((name) => method === 'GET' && has(name))
  const query = Object.fromEntries(searched.map((name) => [name, example(name)]))

  const known: [isKnown: boolean, addition: string, way: Way][] = [
    [true, '', {}],
    [method === 'GET' && isOfRow(template) && !!scopeOf(operation), ' as HEAD', { isHead: true }],
    [searched.length > 0, `?${searched.join('&')}`, { query }],
    [!!has('Idempotency-Key'), ' with an Idempotency-Key', { isKeyed: true }],
    [
      !!has('onConflict'),
      '?onConflict=update',
      { query: { onConflict: 'update' }, isChanging: true },
    ],
  ]
  return known.flatMap(([isKnown, addition, way]) => (isKnown ? [[addition, way]] : []))
}

/** Whether a caller needs a scope for it, as for everything about the resources. */
export const isGuarded = ({ operation }: ListedOperation) => scopeOf(operation) !== undefined

export const mayAskDatabase = ({ operation }: ListedOperation) =>
  codesOf(operation).includes('database-unavailable')
