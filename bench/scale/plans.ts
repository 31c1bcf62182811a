import type pg from 'pg'
import * as z from 'zod'
import { inSession } from '../../scripts/postgres/connection.ts'
import type { Statement } from './recorder.ts'

type Node = {
  'Node Type': string
  'Index Name'?: string | undefined
  'Relation Name'?: string | undefined
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
  Plans?: Node[] | undefined
}

const Node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    'Node Type': z.string(),
    'Index Name': z.string().optional(),
    'Relation Name': z.string().optional(),
    'Shared Hit Blocks': z.number(),
    'Shared Read Blocks': z.number(),
    Plans: z.array(Node).optional(),
  }),
)

const Explained = z.tuple([
  z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: Node, 'Execution Time': z.number() })]) }),
])

/** What PostgreSQL did for a request. */
export type Work = {
  /** Pages of 8 kB, of shared buffers or read into them. */
  buffers: number
  read: number
  executionMs: number
  /** The nodes from the top, with what they read. */
  plan: string
}

/**
 * `EXPLAIN (ANALYZE, BUFFERS)` of what a Worker sent. The owner asks: there is no `statement_timeout`,
 * and what a Worker has to give up is measured too. Nothing that is written stays.
 */
export const workOf = (ownerUrl: string, statements: readonly Statement[]): Promise<Work> =>
  inSession(ownerUrl, async (client) => {
    // The first time a session reads the catalog too, as those of the endpoint did long ago.
    await explainAll(client, statements)
    return explainAll(client, statements)
  })

async function explainAll(client: pg.Client, statements: readonly Statement[]): Promise<Work> {
  const work: Work = { buffers: 0, read: 0, executionMs: 0, plan: '' }
  const plans: string[] = []
  await client.query('begin')
  for (const { query, params = [] } of statements) {
    // A search has one of its own, of the statement before it.
    await client.query('set local statement_timeout = 0')
    const { rows } = await client.query(`explain (analyze, buffers, format json) ${query}`, params)
    const [
      {
        'QUERY PLAN': [{ Plan: top, 'Execution Time': executionMs }],
      },
    ] = Explained.parse(rows)
    work.buffers += top['Shared Hit Blocks'] + top['Shared Read Blocks']
    work.read += top['Shared Read Blocks']
    work.executionMs += executionMs
    plans.push(nodesOf(top).map(nameOf).join(' < '))
  }
  await client.query('rollback')
  return { ...work, plan: plans.join('; ') }
}

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

const nameOf = (node: Node) =>
  [node['Node Type'], node['Index Name'] ?? node['Relation Name']].filter(Boolean).join(' ')
