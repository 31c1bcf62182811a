import type { FirstHeader } from './first-header.ts'
import { Refusal } from './problem-bodies.ts'

/** The CamelCase names are the only ones: Neon compares them byte for byte. */
const isolationLevels = {
  ReadUncommitted: 'READ UNCOMMITTED',
  ReadCommitted: 'READ COMMITTED',
  RepeatableRead: 'REPEATABLE READ',
  Serializable: 'SERIALIZABLE',
} as const

type IsolationLevel = keyof typeof isolationLevels

export type RequestOptions = {
  raw: boolean
  arrayMode: boolean
  isolationLevel: IsolationLevel | undefined
  readOnly: boolean
  deferrable: boolean
}

/** Anything but exactly `true` is false. */
export function readOptions(header: FirstHeader): RequestOptions {
  return {
    raw: header('neon-raw-text-output') === 'true',
    arrayMode: header('neon-array-mode') === 'true',
    isolationLevel: readIsolationLevel(header('neon-batch-isolation-level')),
    readOnly: header('neon-batch-read-only') === 'true',
    deferrable: header('neon-batch-deferrable') === 'true',
  }
}

export function startTransaction(options: RequestOptions): string {
  const modes = [
    options.isolationLevel && `ISOLATION LEVEL ${isolationLevels[options.isolationLevel]}`,
    options.readOnly && 'READ ONLY',
    options.deferrable && 'DEFERRABLE',
  ].filter(Boolean)
  return `START TRANSACTION ${modes.join(', ')}`
}

/** A batch is answered with the options that were on. */
export function echoOf(options: RequestOptions): Record<string, string> {
  return {
    ...(options.readOnly && { 'Neon-Batch-Read-Only': 'true' }),
    ...(options.deferrable && { 'Neon-Batch-Deferrable': 'true' }),
    ...(options.isolationLevel && { 'Neon-Batch-Isolation-Level': options.isolationLevel }),
  }
}

function readIsolationLevel(value: string | undefined): IsolationLevel | undefined {
  if (value === undefined) {
    return undefined
  }
  if (isIsolationLevel(value)) {
    return value
  }
  throw new Refusal(400, 'invalid isolation level')
}

function isIsolationLevel(value: string): value is IsolationLevel {
  return Object.hasOwn(isolationLevels, value)
}
