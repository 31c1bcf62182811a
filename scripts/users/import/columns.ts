import { columnNames, normalName } from './column-names.ts'
import { shown } from './shown.ts'

/** Which cells of a record make a user, counted from 0. */
export type Columns = {
  /** Those of the first list that have anything, one behind the other. */
  name: readonly (readonly number[])[]
  email: number
}

/** What `--map` says, for each field: columns with `+` between. */
export type ColumnMap = { name?: string; email?: string }

/** Reads `name="First Name"+"Last Name"`. Throws TypeError. */
export function readColumnMap(given: readonly string[]): ColumnMap {
  const map: ColumnMap = {}
  for (const text of given) {
    const [, field, columns] = /^\s*(name|email)\s*=\s*(\S.*)$/s.exec(text) ?? []
    if ((field !== 'name' && field !== 'email') || columns === undefined) {
      throw new TypeError(
        '--map must say of which columns a field is made: --map name="First Name"+"Last Name" ' +
          '--map email="E-Mail".',
      )
    }
    if (map[field] !== undefined) {
      throw new TypeError(`--map ${field}= must be given once.`)
    }
    map[field] = columns
  }
  return map
}

/** A header whose columns are not known for sure. Its message says how to tell. */
export class UnclearColumns extends Error {}

/** Throws UnclearColumns. */
export function findColumns(header: readonly string[], map: ColumnMap): Columns {
  if (header.some((name) => /[^\s@]@[^\s@]+\.[^\s@]/.test(name))) {
    // It is not repeated: it may be the first user.
    throw new UnclearColumns(
      'It holds no names of columns but an address. Put a line above it, such as name,email.',
    )
  }
  return {
    email: map.email === undefined ? findEmail(header) : mappedEmail(header, map.email),
    name: map.name === undefined ? findName(header) : [mapped(header, map.name)],
  }
}

function findEmail(header: readonly string[]): number {
  const email = find(header, 'email')
  if (email === undefined) {
    throw new UnclearColumns(
      `No column is surely the email. ${list(header)} Say which it is with --map email="ITS NAME".`,
    )
  }
  return email
}

function findName(header: readonly string[]): number[][] {
  const name = find(header, 'name')
  const given = find(header, 'givenName')
  const family = find(header, 'familyName')
  const both = given !== undefined && family !== undefined ? [[given, family]] : []
  const isPart = both.length === 0 && (given ?? family) !== undefined

  // `name` beside a first name alone is a family name as often as a whole one.
  if (name !== undefined && !(isPart && normalName(header[name] ?? '') === 'name')) {
    return [[name], ...both]
  }
  if (both.length === 0) {
    throw new UnclearColumns(
      `No column is surely the whole name. ${list(header)} Say which make it, such as ` +
        '--map name="First Name"+"Last Name".',
    )
  }
  return both
}

function find(header: readonly string[], field: keyof typeof columnNames): number | undefined {
  const names = header.map(normalName)
  const found = columnNames[field]
    .map((group) => indexes(names, (name) => group.includes(name)))
    .find(({ length }) => length > 0)
  return found && only(header, found, field === 'email' ? 'email' : 'name')
}

function only(header: readonly string[], [first, ...more]: number[], what: string): number {
  if (first === undefined || more.length > 0) {
    const both = [first ?? 0, ...more].map((at) => numbered(header, at)).join(' and ')
    throw new UnclearColumns(
      `The columns ${both} may each be the ${what}. Say which with --map, such as ` +
        `--map ${what}=#${(first ?? 0) + 1}.`,
    )
  }
  return first
}

function mappedEmail(header: readonly string[], text: string): number {
  const [email = 0, ...more] = mapped(header, text)
  if (more.length > 0) {
    throw new UnclearColumns('An email is in one column: --map email= must name one alone.')
  }
  return email
}

/** A column whose name has a `+` may stand without quotes when it is alone. */
function mapped(header: readonly string[], text: string): number[] {
  const whole = named(header, text)
  if (whole.length > 0) {
    return [only(header, whole, text)]
  }
  const parts = text.match(/"[^"]*"|[^+"]+/g) ?? []
  return parts.map((part) => {
    const column = part.trim().replace(/^"(.*)"$/, '$1')
    const found = named(header, column)
    if (found.length === 0) {
      throw new UnclearColumns(
        `There is no column "${shown(column)}", which --map names. ${list(header)}`,
      )
    }
    return only(header, found, column)
  })
}

/** By its very name, else by its number, else by its name however it is written. */
function named(header: readonly string[], column: string): number[] {
  const same = indexes(header, (name) => name === column)
  const number = Number(/^#(\d+)$/.exec(column)?.[1])
  if (same.length > 0 || (number >= 1 && number <= header.length)) {
    return same.length > 0 ? same : [number - 1]
  }
  const normal = normalName(column)
  return indexes(header, (name) => normal !== '' && normalName(name) === normal)
}

const indexes = (names: readonly string[], isWanted: (name: string) => boolean): number[] =>
  names.flatMap((name, at) => (isWanted(name) ? [at] : []))

const numbered = (header: readonly string[], at: number) =>
  `"${shown(header[at] ?? '')}" (#${at + 1})`

const maxListed = 30

function list(header: readonly string[]): string {
  const some = header.slice(0, maxListed).map((_, at) => numbered(header, at))
  const more = header.length > maxListed ? ` and ${header.length - maxListed} more` : ''
  return `The columns are ${some.join(', ')}${more}.`
}
