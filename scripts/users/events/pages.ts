import { setTimeout as sleep } from 'node:timers/promises'
import { type FeedOptions, type FeedPage, ProblemError } from '../../../src/client.ts'
import { CommandError, exitCodes } from '../../command/command.ts'
import type { Client } from '../service.ts'

type Reading = {
  /** Whether to go on when the end of the feed is reached. */
  follow?: boolean
  stop: AbortSignal
}

const limit = 100

/** Between two looks at a feed that has ended: longer and longer while nothing happens. */
const restMs = { shortest: 1_000, longest: 10_000 }

/**
 * The feed of events, page by page. Throws CommandError when it goes on elsewhere, and the reason of the
 * signal or its AbortError when it is stopped.
 */
export async function* readPages(
  client: Client,
  { cursor: first, ...filters }: FeedOptions,
  { follow = false, stop }: Reading,
): AsyncGenerator<FeedPage, undefined> {
  let cursor = first
  let rest: number = restMs.shortest

  for (;;) {
    const page = await readPage(client, { ...filters, cursor, limit, signal: stop })
    yield page
    cursor = page.next
    if (page.events.length === limit) {
      continue
    }
    if (!follow) {
      return
    }
    rest = page.events.length > 0 ? restMs.shortest : Math.min(rest * 1.5, restMs.longest)
    await sleep(rest, undefined, { signal: stop })
  }
}

/** A feed is mended after a restore bit by bit, with each request that it refuses. */
const maxMends = 100

async function readPage(client: Client, options: FeedOptions): Promise<FeedPage> {
  for (let mends = 0; ; mends += 1) {
    try {
      return await client.events.page(options)
    } catch (error) {
      if (!isRestarted(error)) {
        throw error
      }
      if (options.cursor !== undefined) {
        throw new CommandError(restarted, exitCodes.restarted)
      }
      if (mends === maxMends) {
        throw error
      }
    }
  }
}

const isRestarted = (error: unknown) =>
  error instanceof ProblemError && error.problem.code === 'feed-restarted'

const restarted =
  'The database was restored, and is another than this cursor was read of. Whoever keeps a copy begins ' +
  'anew: `npm run users:export -- FILE --cursor-file CURSOR_FILE` writes all users, and where the feed goes ' +
  'on from there. Whoever wants the events alone begins without a cursor, or with --since.'
