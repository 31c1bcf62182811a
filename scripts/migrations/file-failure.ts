import { CommandError } from '../command/command.ts'
import { isLackingRight, ownersMend } from '../postgres/lacking-right.ts'
import { isTransient } from '../postgres/transient.ts'
import { bare, type Migration } from './files.ts'

const maxStatementLength = 500

/** What a file that failed has left in the database, as far as anybody knows. */
export type Rest = 'nothing' | 'some of it' | 'unknown'

const sentences = {
  nothing: ' Nothing of it was kept.',
  'some of it':
    ' It has ended its transaction by itself, so some of it was kept, and it is not recorded: take ' +
    'that back by hand, and take the end of the transaction out of the file.',
  unknown: '',
} satisfies Record<Rest, string>

/** Something is there already, or is gone already. */
const doneCodes = /^(?:42P07|42710|42704|42P01)$/

const perhapsDone =
  ' If a run that was cut off has done it already, write `if not exists` or `if exists` into the file: ' +
  'it is not recorded yet.'

/** Which file failed, at which statement and why. Of PostgreSQL's words only those without data. */
export class FileFailure extends CommandError {
  readonly tag: string
  /** The SQLSTATE, if PostgreSQL gave one. */
  readonly code: string | undefined
  readonly isTransient: boolean

  constructor({ tag }: Pick<Migration, 'tag'>, statement: string, cause: unknown, rest: Rest) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
    const reason = cause instanceof Error ? cause.message : String(cause)
    const state = code === undefined ? '' : ` (${code})`
    const done = rest === 'unknown' && doneCodes.test(code ?? '') ? perhapsDone : ''
    const mend = isLackingRight(cause) ? ` ${ownersMend}` : ''
    super(
      `${tag} failed: ${reason}${state}.${sentences[rest]}${done}${mend}\n  in: ${brief(statement)}`,
    )
    this.tag = tag
    this.code = code
    this.isTransient = rest !== 'some of it' && isTransient(cause)
  }
}

function brief(statement: string): string {
  const text = bare(statement).replaceAll(/\s+/g, ' ')
  return text.length > maxStatementLength ? `${text.slice(0, maxStatementLength)}…` : text
}
