import { join } from 'node:path'
import type { Runtime } from '../scripts/build/runtime.ts'
import { stopped } from '../scripts/command/command.ts'
import { createKey } from '../scripts/keys/key.ts'
import { startService } from './contestants.ts'
import type { BenchDatabase } from './database.ts'
import { type Measured, measureInput } from './inputs/measure.ts'
import { inputsTableOf } from './inputs/table.ts'
import { inputs } from './inputs/texts.ts'
import { startTokens } from './inputs/tokens.ts'
import { newAgent } from './load.ts'

/** Prints what each text costs that somebody sends, at doubled lengths. */
export async function measureInputs(
  stack: AsyncDisposableStack,
  stop: AbortSignal,
  folder: string,
  runtime: Runtime,
  database: BenchDatabase,
): Promise<void> {
  const key = createKey()
  const tokens = await startTokens(stack)
  const home = join(folder, 'service')
  const service = await startService(stack, home, runtime, database, key, {
    variables: tokens.variables,
  })
  const agent = newAgent(1)
  stack.defer(() => agent.destroy())
  const measured: Measured[] = []

  for (const input of [...inputs, ...tokens.inputs]) {
    const running = measureInput(input, service, key, agent)
    measured.push(await Promise.race([running, stopped(stop)]))
  }
  console.log(inputsTableOf(measured))
}
