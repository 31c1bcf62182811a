// Deploys as often as it is told to. To load wrangler, which reads its configuration, takes a process
// of `npm run deploy` two seconds.

import { attemptDeploy } from '../../scripts/deploy/attempt.ts'
import { readOptions } from '../../scripts/deploy/options.ts'

export type Order = { args: readonly string[]; env: NodeJS.ProcessEnv }
export type Outcome = { code: number; output: string; report: Record<string, unknown> }

process.on('message', async ({ args, env }: Order) => {
  for (const name of Object.keys(process.env)) {
    delete process.env[name]
  }
  Object.assign(process.env, env)
  const lines: string[] = []
  const { report, exitCode } = await attemptDeploy(
    readOptions([...args, '--json']),
    (line) => lines.push(line),
    new AbortController().signal,
  )
  const outcome: Outcome = { code: exitCode, output: lines.join('\n'), report: { ...report } }
  process.send?.({ ...outcome, output: `${outcome.output}\n${JSON.stringify(report)}` })
})
