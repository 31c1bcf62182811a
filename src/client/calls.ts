import type { InferRequestType } from 'hono/client'
import { type Answer, readPage, readRow, readText } from './answers.ts'
import type { CallOptions, Connection, CreateOptions, Paged, WriteOptions } from './types.ts'

type Init = { init: { signal: AbortSignal } }

/** What Hono's client has for a method of a path, whatever it takes. */
type Method = (args: never, options?: Init) => Promise<Answer>

/** What it has for a list and its rows. A resource need not have all of it. */
type Collection = {
  $get?: Method
  $post?: Method
  ':id'?: { $get?: Method; $put?: Method; $patch?: Method; $delete?: Method }
}

type Part<M, Name extends string> =
  InferRequestType<M> extends { [N in Name]: infer Given } ? Given : never
type Row<C extends Collection> = NonNullable<C[':id']>

/** The types of what a resource is called with. */
export type NewOf<C extends Collection> = Part<C['$post'], 'json'>
export type ChangesOf<C extends Collection> = Part<Row<C>['$patch'], 'json'>
export type PageOptionsOf<C extends Collection> = Paged<Part<C['$get'], 'query'>>
export type ListOptionsOf<C extends Collection> = Omit<PageOptionsOf<C>, 'cursor' | 'count'>

type IdOf<Value> = Value extends { id: infer Id } ? Id : never

export type Page<Value> = {
  rows: Value[]
  /** The `cursor` of the next page; none on the last. */
  next: string | undefined
  /** Of all pages, when `count` asked for it. */
  total: number | undefined
}

/**
 * The calls that resources have alike. One whose route is not there takes nothing, so that it does not
 * compile. `isRow` tells whether an answer is a row. Without `hasIdempotencyKeys` a creation whose answer
 * was lost is not sent again: it may have been carried out.
 */
export function callsOf<C extends Collection, Value>(
  { call }: Connection,
  collection: C,
  isRow: (value: unknown) => value is Value,
  { hasIdempotencyKeys = true } = {},
) {
  const { ':id': row = {} } = collection
  const read = readRow(isRow)

  const page = (options: PageOptionsOf<C> = {} as PageOptionsOf<C>): Promise<Page<Value>> =>
    call(true, options, sending(collection.$get, { query: queryOf(options) }), readPage(isRow))

  return {
    /** One page. */
    page,

    /** Every row of every page. A page is fetched when its first row is asked for. */
    list: (options?: ListOptionsOf<C>): AsyncGenerator<Value, undefined> =>
      allPages<Value, object>((more) => page(more as PageOptionsOf<C>), { ...options }),

    /** Creates one, even when it must be sent again. Without a key it takes one of its own. */
    create(
      json: NewOf<C>,
      { idempotencyKey = crypto.randomUUID(), ...options }: CreateOptions = {},
    ): Promise<Value> {
      const header = hasIdempotencyKeys ? { 'idempotency-key': idempotencyKey } : {}
      return call(hasIdempotencyKeys, options, sending(collection.$post, { json, header }), read)
    },

    get: (id: IdOf<Value>, options: CallOptions = {}): Promise<Value> =>
      call(true, options, sending(row.$get, { ...at(id), header: {} }), read),

    replace: (id: IdOf<Value>, json: NewOf<C>, options: WriteOptions = {}): Promise<Value> =>
      call(false, options, sending(row.$put, { ...at(id), ...ifMatch(options), json }), read),

    /** What is left out stays as it is. */
    change: (id: IdOf<Value>, json: ChangesOf<C>, options: WriteOptions = {}): Promise<Value> =>
      call(false, options, sending(row.$patch, { ...at(id), ...ifMatch(options), json }), read),

    async remove(id: IdOf<Value>, options: WriteOptions = {}): Promise<void> {
      await call(false, options, sending(row.$delete, { ...at(id), ...ifMatch(options) }), readText)
    },
  }
}

/** What Hono's client has for the parts of a row, at the path of one with the parameter `Name`. */
type Parts<Name extends string> = {
  $get?: Method
  $post?: Method
} & { [Path in `:${Name}`]?: PartMethods }

/** The parameter in the path of one part, if there is such a path. */
type NameIn<P> = keyof P extends infer Key ? (Key extends `:${infer Name}` ? Name : never) : never

type PartMethods = { $get?: Method; $put?: Method; $delete?: Method }

type PartId = number | string

/** The id of a part, if the path of one has this method. */
type PartIdFor<M extends keyof PartMethods, P> = P extends { [Path in M]: Method } ? PartId : never

/**
 * The calls about the parts of a row: such as the members of a team, which are added by their ids, or the
 * bookings of a room, which get ids of their own. `name` is the parameter in the path of one, if there is
 * such a path. One whose route is not there takes nothing.
 *
 * @public
 */
export function partsOf<P extends Parts<string>, Value>(
  { call }: Connection,
  parts: P,
  isPart: (value: unknown) => value is Value,
  name = '' as NameIn<P>,
) {
  type One = P[`:${NameIn<P>}` & keyof P]
  const { $get, $put, $delete }: PartMethods = parts[`:${name}`] ?? {}
  const both = (id: PartId, part: PartId) => ({ param: { id: String(id), [name]: String(part) } })

  const page = (
    id: PartId,
    options: PageOptionsOf<P> = {} as PageOptionsOf<P>,
  ): Promise<Page<Value>> =>
    call(
      true,
      options,
      sending(parts.$get, { ...at(id), query: queryOf(options) }),
      readPage(isPart),
    )

  return {
    /** One page. */
    page,

    /** Every part of every page. A page is fetched when its first part is asked for. */
    list: (id: PartId, options?: ListOptionsOf<P>): AsyncGenerator<Value, undefined> =>
      allPages<Value, object>((more) => page(id, more as PageOptionsOf<P>), { ...options }),

    /** Not sent again when its answer was lost: it may have been carried out. */
    create: (id: PartId, json: NewOf<P>, options: CallOptions = {}): Promise<Value> =>
      call(false, options, sending(parts.$post, { ...at(id), json }), readRow(isPart)),

    get: (id: PartId, part: PartIdFor<'$get', One>, options: CallOptions = {}): Promise<Value> =>
      call(true, options, sending($get, both(id, part)), readRow(isPart)),

    /** What is there already stays as it is, so it may be sent again. */
    async add(id: PartId, part: PartIdFor<'$put', One>, options: CallOptions = {}): Promise<void> {
      await call(true, options, sending($put, both(id, part)), readText)
    },

    async remove(
      id: PartId,
      part: PartIdFor<'$delete', One>,
      options: CallOptions = {},
    ): Promise<void> {
      await call(false, options, sending($delete, both(id, part)), readText)
    },
  }
}

/** Every row of every page. A page is fetched when its first row is asked for. */
export async function* allPages<Value, Options extends object>(
  page: (options: Options & { cursor?: string }) => Promise<Page<Value>>,
  options: Options,
): AsyncGenerator<Value, undefined> {
  let cursor: string | undefined
  do {
    const { rows, next } = await page({ ...options, ...(cursor && { cursor }) })
    yield* rows
    cursor = next
  } while (cursor !== undefined)
}

/** The types of `callsOf` say what a method takes: here it is only passed on. */
const sending =
  (method: Method | undefined, args: object) =>
  (init: Init): Promise<Answer> => {
    if (!method) {
      throw new TypeError('The service has no such method.')
    }
    return (method as (args: object, init: Init) => Promise<Answer>)(args, init)
  }

/** Of an id that is no number Hono's client wants a string, which this is too. */
export const at = (id: unknown) => ({ param: { id: String(id) as `${number}` } })

export const ifMatch = ({ ifMatch: version }: WriteOptions) => ({
  header: version === undefined ? {} : { 'if-match': `"${version}"` },
})

type InText<Value> = Extract<Value, number> extends never ? Value : `${number}`

/** What stands in the query: all but the signal, with numbers as their digits. */
export const queryOf = <Options extends CallOptions & { limit?: unknown }>({
  limit,
  signal,
  ...query
}: Options) =>
  Object.fromEntries(
    Object.entries({ ...query, limit }).map(([name, value]) => [
      name,
      typeof value === 'number' ? String(value) : value,
    ]),
  ) as { [Name in keyof Omit<Options, 'signal'>]: InText<Options[Name]> }
