import { codeOf, hiddenIn } from './statement-text.ts'

/** No transaction can hold these. Run again, they do nothing, or fail and do no harm. */
const alone =
  /\bconcurrently\b|^alter type .* add value\b|^(?:create|drop) (?:database|tablespace)\b|^(?:create|drop) subscription\b/

const makes = /^(?:create|drop)\b|^alter table .*\b(?:add|drop|rename)\b|^alter .*\brename\b/

const twice = /\bif (?:not )?exists\b|^create or replace\b/

const insert = /\b(?:insert into|copy \S+(?: ?\([^)]*\))? from)\b/

const unlessThere = /\bon conflict\b|\bnot exists\b|\bexcept\b/

/** `n = n + 1`, `name = name || '!'`: what is new depends on what was. */
const fromItself = /\bset\b.*?(?<![\w.])([\w".]+) ?= ?(?:[\w".]+\.)?\1 ?(?:[-+*/%]|\|\|)/

/**
 * Whether a second run leaves everything as the first has left it, as far as its words tell. Of a `do`
 * or `call` only statements that certainly do something twice are seen.
 */
export function isSafeToRepeat(statement: string): boolean {
  const code = codeOf(statement)
  if (alone.test(code)) {
    return true
  }
  const all = [code, ...hiddenIn(statement).map(codeOf)]
  return (
    (!makes.test(code) || twice.test(code)) &&
    all.every((each) => !insert.test(each) || unlessThere.test(each)) &&
    all.every((each) => !/\bupdate\b/.test(each) || !fromItself.test(each))
  )
}
