import { bare, type Migration } from './files.ts'
import { splitStatements } from './split-statements.ts'
import { codeOf, hiddenIn } from './statement-text.ts'

/** By which the code that still runs loses something. Of tables and columns squawk tells more. */
const takesAway = [
  /^truncate\b/,
  /^drop (?!table\b|database\b)/,
  /^(?:delete from|merge into .* then delete|with .*\bdelete from)\b/,
  /^(?:revoke|alter default privileges .*\brevoke|reassign owned)\b/,
  /^alter (?!default).*\b(?:set schema|owner to)\b/,
  /^alter table .*\b(?:drop (?:constraint|default|expression|identity)|rename constraint)\b/,
  /^alter table .*\b(?:disable (?:trigger|rule)|detach partition|(?:enable|force) row level security)\b/,
  /^alter (?!table\b|index\b|extension\b).*\b(?:rename|drop)\b/,
  /^alter (?:role|user) .*\bnologin\b/,
] as const

/** In a `do`, where squawk does not look. */
const takesAwayHidden = [...takesAway, /^drop\b/, /^alter .*\b(?:drop|rename)\b/]

const verb =
  /\b(?:alter|create|delete|drop|grant|insert|merge|reassign|reindex|rename|revoke|truncate|update|with)\b/gi

/** `-- migrate:takes-away nobody has used the view since May` */
const agreed = /^-- migrate:takes-away \S/m

/** Merged before there was this rule. Both take what no Worker has ever used. */
const merged = ['0003_grant_worker_role', '0004_take_from_everybody']

/**
 * The statements of a migration that take something away, as they stand in a line of a report. None
 * that stands under a line `-- migrate:takes-away REASON`, as far as the next breakpoint.
 */
export const findTakings = ({ tag, statements }: Migration): string[] =>
  open(tag, statements).flatMap((statement) => [
    ...[statement].filter((each) => isAny(takesAway, codeOf(each))),
    ...tailsOf(statement).filter((each) => isAny(takesAwayHidden, codeOf(each))),
  ])

/** For squawk: what a `do` may make or change. Some of it is no statement, and does not parse. */
export const findHidden = ({ tag, statements }: Migration): string[] =>
  open(tag, statements)
    .flatMap(tailsOf)
    .filter((each) => /^(?:alter|create)\b/i.test(each))
    .map(named)

const open = (tag: string, chunks: readonly string[]) =>
  merged.includes(tag)
    ? []
    : chunks
        .filter((chunk) => !agreed.test(chunk))
        .flatMap(splitStatements)
        .map(bare)

const isAny = (patterns: readonly RegExp[], code: string) =>
  patterns.some((pattern) => pattern.test(code.replaceAll(/"[^"]*"/g, 'name')))

/** From each word on that begins a statement: PL/pgSQL's own words may stand before it. */
const tailsOf = (statement: string): string[] =>
  hiddenIn(statement).flatMap((hidden) =>
    [...hidden.matchAll(verb)].map(({ index }) => hidden.slice(index)),
  )

/** As `format` would write it, with any name. */
const named = (statement: string) =>
  statement.replaceAll(/%(?:\d+\$)?[Is]/g, 'name').replaceAll(/%(?:\d+\$)?L/g, "'text'")
