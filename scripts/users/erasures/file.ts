import { readFile } from 'node:fs/promises'
import * as z from 'zod/mini'
import { CommandError } from '../../command/command.ts'
import { exchangePrivateFile } from '../../command/private-file.ts'

/** An event of the kind `erase`. What else stands in its line is kept as it is. */
const Erasure = z.looseObject({
  kind: z.literal('erase'),
  userId: z.int().check(z.minimum(1)),
  at: z.iso.datetime({ offset: true }),
})
export type Erasure = z.infer<typeof Erasure>

/** psql writes the same moment in another way. */
export const keyOf = ({ userId, at }: Pick<Erasure, 'userId' | 'at'>) =>
  `${userId} ${Date.parse(at)}`

/** The erasures of a file, one a line. Throws CommandError, also for events of any other kind. */
export async function readErasures(file: string): Promise<Erasure[]> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`${error.message}.`)
  })
  return text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => {
      const { data, success } = Erasure.safeParse(parse(line))
      if (!success) {
        throw new CommandError(
          `Line ${number} of ${file} is no erasure, so nothing was done. It must be an event of the kind ` +
            '"erase", with "userId" and "at", as `npm run users:erasures -- export FILE` writes it.',
        )
      }
      return data
    })
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Throws CommandError. */
export const writeErasures = (file: string, erasures: readonly Erasure[]): Promise<void> =>
  exchangePrivateFile(file, erasures.map((erasure) => `${JSON.stringify(erasure)}\n`).join(''))
