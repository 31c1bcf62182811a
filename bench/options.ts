import { parseArgs } from 'node:util'
import { usageError } from '../scripts/command/command.ts'
import { isOperation, type OperationName, operationNames } from './operations.ts'

const usage =
  'Usage: npm run bench -- [--only list,get] [--rounds N] [--seconds S] [--warm-up S] [--users N] ' +
  '[--concurrency N] [--out DIR] [--json] [--profile list,get] [--recipe]\n' +
  '       npm run bench -- --scale [--sizes 10000,100000] [--out DIR] [--json]\n' +
  '       npm run bench -- --inputs\n' +
  '       npm run bench -- --one-caller'

export type BenchOptions = {
  operations: readonly OperationName[]
  /** Many short ones: what disturbs the machine for a while then spoils few of them. */
  rounds: number
  /** How long a contestant is measured at one operation, each round. */
  seconds: number
  /** Of each operation, all contestants at once, before anything is measured: V8 compiles for long. */
  warmUpSeconds: number
  users: number
  concurrency: number
  /** Where the results are written. Nowhere when they are of a part and no folder was named. */
  out: string | undefined
  json: boolean
  profile: readonly OperationName[] | undefined
  /** Whether the Python recipe is measured too. */
  recipe: boolean
  /** Whether cost against size is measured instead. */
  scale: boolean
  /** Whether cost against the length of what is sent is measured instead. */
  inputs: boolean
  /** How many users its tables have. */
  sizes: readonly number[]
  /** Whether it is measured instead what one caller's searches do to another caller. */
  oneCaller: boolean
}

const defaultSizes = '10000,100000,1000000,10000000'

/** Throws CommandError. */
export function readOptions(args = process.argv.slice(2)): BenchOptions {
  try {
    const { values } = parseArgs({
      args,
      options: {
        only: { type: 'string' },
        rounds: { type: 'string', default: '12' },
        seconds: { type: 'string', default: '0.5' },
        'warm-up': { type: 'string', default: '10' },
        users: { type: 'string', default: '10000' },
        concurrency: { type: 'string', default: '16' },
        out: { type: 'string' },
        json: { type: 'boolean', default: false },
        profile: { type: 'string' },
        recipe: { type: 'boolean', default: false },
        scale: { type: 'boolean', default: false },
        inputs: { type: 'boolean', default: false },
        'one-caller': { type: 'boolean', default: false },
        sizes: { type: 'string' },
      },
    })
    const isWhole = values.only === undefined && values.sizes === undefined
    return {
      operations: readOperations('--only', values.only) ?? operationNames,
      rounds: readNumber('--rounds', values.rounds, 1, 100),
      seconds: readNumber('--seconds', values.seconds, 0.01, 60),
      warmUpSeconds: readNumber('--warm-up', values['warm-up'], 0.01, 600),
      users: readNumber('--users', values.users, 100, 1_000_000),
      concurrency: readNumber('--concurrency', values.concurrency, 1, 256),
      // The figures of a part must not replace those of a whole run that documents quote.
      out: values.out ?? (isWhole ? import.meta.dirname : undefined),
      json: values.json,
      profile: readOperations('--profile', values.profile),
      recipe: values.recipe,
      scale: values.scale,
      inputs: values.inputs,
      oneCaller: values['one-caller'],
      sizes: readSizes(values.sizes ?? defaultSizes),
    }
  } catch (error) {
    throw usageError(error, usage)
  }
}

function readOperations(option: string, text: string | undefined) {
  const names = text?.split(',')
  if (names && !names.every(isOperation)) {
    throw new TypeError(`${option} must name one or more of ${operationNames.join(', ')}.`)
  }
  return names?.filter(isOperation)
}

const readSizes = (text: string) =>
  text
    .split(',')
    .map((size) => readNumber('--sizes', size, 1_000, 100_000_000))
    .toSorted((one, other) => one - other)

function readNumber(option: string, text: string, min: number, max: number): number {
  const number = Number(text)
  const isWhole = Number.isInteger(min)
  if (!(number >= min && number <= max) || (isWhole && !Number.isInteger(number))) {
    throw new TypeError(
      `${option} must be a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}.`,
    )
  }
  return number
}
