import { and, getTableName, type SQL, sql } from 'drizzle-orm'
import type { Database } from '../db/connection.ts'
import type { Row } from '../db/run.ts'
import { cached, type Statement } from '../db/statement.ts'
import { ServiceError } from '../errors.ts'
import type { Json } from '../json.ts'
import type { Events } from './events.ts'
import { inBatches } from './in-batches.ts'
import type { Filter } from './list.ts'
import { namesOf, type Rows } from './rows.ts'
import { runSearch } from './search.ts'

// A feed that misses no event and repeats none, in whatever order they are committed.
//
// It has the order of the transactions' ids, and then of a sequence, and shows only what is below `xmin` of the
// snapshot: all those transactions have ended, so that nothing can come before what was read. By the
// sequence alone an event would be missed whose smaller number is committed later.
//
// The ids of transactions belong to a cluster of PostgreSQL. So a position names the cluster, and the
// random id of the event: after a restore the event is not there, or has another place.

/** The last event that was read. The sequence 0 is before the first. */
export type FeedPosition = {
  /** The system identifier of the cluster. */
  cluster: string
  transactionId: string
  sequence: string
  id: string
}

export type Feed = {
  limit: number
  after?: FeedPosition | undefined
  /** Only what happened from then on. */
  since?: Date | undefined
  filter?: Filter | undefined
}

export type FeedPage<Seen> = {
  json: Json<Seen[]>
  /** Where to go on: behind the last event of a full page, else at the end of the feed. */
  next: FeedPosition
}

/** The events as clients see them, and their table. */
type Source<Seen, New> = { rows: Rows<Seen, New>; events: Events }

/**
 * Reads a page, oldest first.
 *
 * Throws `feed-restarted` (410) when the database was restored to another state than `after` was read of;
 * and for a costly filter what `runSearch` throws.
 */
export async function readFeed<Seen, New>(
  db: Database,
  caller: string,
  { rows, events }: Source<Seen, New>,
  { limit, after, since, filter }: Feed,
): Promise<FeedPage<Seen>> {
  const [isBehind, isSince] = [after !== undefined, since !== undefined]
  const statement = cached(`feed ${rows.name} ${isBehind} ${isSince} ${filter?.form}`, () =>
    feedPage({ rows, events }, { isBehind, isSince, filter }),
  )
  const values = {
    ...filter?.values,
    '#limit': limit,
    '#since': since?.toISOString(),
    '#transaction': after?.transactionId,
    '#sequence': after?.sequence,
    '#id': after?.id,
  }
  const answer = filter?.isCostly
    ? await runSearch(db, caller, statement, values)
    : await db.run(statement, values)

  const [isAhead, isThere, ...newest] = answer[0] ?? []
  const end = positionOf(newest)
  if (isAhead === 't') {
    await mendFeed(db, events)
  }
  if (isAhead === 't' || (after && (after.cluster !== end.cluster || isThere === 'f'))) {
    throw restarted()
  }
  const found = answer.map((row) => row.slice(headLength)).filter(([place]) => place != null)
  const [transactionId, ...last] = found.at(limit - 1) ?? []
  const [sequence = null, id = null] = ['sequence', 'id'].map(
    (name) => last[rows.selected.indexOf(name)],
  )
  return {
    json: `[${found.map(([_, ...row]) => rows.json(row)).join()}]`,
    next: transactionId ? positionOf([end.cluster, transactionId, sequence, id]) : end,
  }
}

/**
 * Reads where the feed ends, to be run before everything that it tells of is read: from there on the feed
 * misses nothing. No position while the feed must be mended after a restore.
 */
export const feedEnd = (events: Events): Statement =>
  cached(
    `feed end ${getTableName(events)}`,
    () => sql`select ${head(events)} from ${newest(events)}`,
  )

export function feedEndOf([row = []]: readonly Row[]): FeedPosition | undefined {
  const [isAhead, ...end] = row
  return isAhead === 't' ? undefined : positionOf(end)
}

const positionOf = ([cluster, transactionId, sequence, id]: Row): FeedPosition => ({
  cluster: cluster ?? '',
  transactionId: transactionId ?? '0',
  sequence: sequence ?? '0',
  id: id ?? '00000000-0000-0000-0000-000000000000',
})

const horizon = sql`pg_snapshot_xmin(pg_current_snapshot())`

/**
 * Whether events are of transactions yet to come, so that they are from another cluster. By the last alone:
 * for `exists` PostgreSQL may read the whole table, in the hope to find one soon.
 */
const isAhead = (events: Events) => sql`coalesce((
  select ${events.transactionId} from ${events}
  order by ${events.transactionId} desc, ${events.sequence} desc limit 1
) >= pg_snapshot_xmax(pg_current_snapshot()), false)`

const position = ({ transactionId, sequence }: Events) => sql`(${transactionId}, ${sequence})`
const after = sql`(${sql.placeholder('#transaction')}::xid8, ${sql.placeholder('#sequence')}::bigint)`

/** Of one row, which is null when the feed shows nothing. */
const newest = (events: Events) => sql`
  (select) as one left join (
    select ${events.transactionId} as "@transaction", ${events.sequence} as "@sequence", ${events.id} as "@id"
    from ${events} where ${events.transactionId} < ${horizon} order by 1 desc, 2 desc limit 1
  ) as newest on true`

const newestPosition = sql`
  (select system_identifier from pg_control_system()), "@transaction", "@sequence", "@id"`

const head = (events: Events) => sql`${isAhead(events)}, ${newestPosition}`

type Form = { isBehind: boolean; isSince: boolean; filter: Filter | undefined }

/** Of `isAhead`, whether the event of the position is there, and the position of the newest. */
const headLength = 6

function feedPage<Seen, New>(
  { rows, events }: Source<Seen, New>,
  { isBehind, isSince, filter }: Form,
): SQL {
  const { transactionId, sequence, id } = events
  const isThere = isBehind
    ? sql`${sql.placeholder('#sequence')}::bigint = 0 or exists (
            select from ${events} where ${position(events)} = ${after}
                                    and ${id} = ${sql.placeholder('#id')}::uuid)`
    : sql`true`
  const where = and(
    sql`${transactionId} < ${horizon}`,
    isBehind ? sql`${position(events)} > ${after}` : undefined,
    isSince ? and(sql`${transactionId} >= ${start(events)}`, isRecent(events)) : undefined,
    filter?.isFirst ? undefined : filter?.condition(),
  )
  // Without `offset 0` PostgreSQL may walk the whole feed until it has found enough of a few.
  const source = filter?.isFirst
    ? sql`(select * from ${events} where ${filter.condition()} offset 0) as ${events}`
    : events
  return sql`
    select ${isAhead(events)}, ${isThere}, ${newestPosition}, "@place", ${namesOf(rows, 'found')}
    from ${newest(events)} left join (
      select ${transactionId} as "@place", ${rows.selection} from ${source}
      where ${where} order by ${transactionId}, ${sequence} limit ${sql.placeholder('#limit')}
    ) as found on true
    order by "@place", found.sequence`
}

const since = sql`${sql.placeholder('#since')}::timestamptz`
const isRecent = ({ at }: Events) => sql`${at} >= ${since}`

/**
 * A transaction gets its id within a minute of its start, which is the moment of its events: so what
 * happened a minute before a moment has a smaller id than what happened from it on.
 */
const start = (events: Events) => sql`
  coalesce((select ${events.transactionId} from ${events}
            where ${events.at} < ${since} - interval '1 minute'
            order by ${events.at} desc limit 1), '0'::xid8)`

const restarted = () =>
  new ServiceError(
    'feed-restarted',
    'The database was restored, and is another than this cursor was read of. Take a full export, and go ' +
      'on from its header Feed-Cursor.',
  )

const maxBatches = 20

/**
 * Puts the events of another cluster before all of this one, after a dump was restored: the ids of their
 * transactions mean nothing here, and those that are yet to come would be hidden. From the smallest on,
 * so that those that are ahead come last, and a mend that was cut off goes on.
 */
export const mendFeed = (db: Database, events: Events): Promise<void> =>
  inBatches(
    db,
    (limit) => sql`written as (
      update ${events} set transaction_id = '0' where ${isAhead(events)} and ctid = any(array(
        select ctid from ${events} where ${events.transactionId} > '0'
        order by ${events.transactionId}, ${events.sequence} limit ${limit}))
      returning 1)`,
    { maxBatches },
  )
