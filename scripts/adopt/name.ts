/** Cloudflare takes Workers of 54 characters into its preview addresses; `NAME-staging` has eight more. */
const maxLength = 46

/** A name as each place writes it. They differ, so that the next rename can tell them apart. */
export const formsOf = (name: string) => ({
  /** The package, the Workers, temporary folders, headings. */
  hyphens: name,
  /** The local database, and `…_worker`, the group of the Worker's role. */
  underscores: name.replaceAll('-', '_'),
  /** The prefix of API keys. */
  joined: name.replaceAll('-', ''),
  /** Environment variables. */
  capitals: name.replaceAll('-', '_').toUpperCase(),
})

/** Why a project cannot be called so, if it cannot. */
export function faultOfName(name: string): string | undefined {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(name)) {
    return `The name "${name}" must be lower-case letters, digits and single hyphens, and begin with a letter.`
  }
  if (!name.includes('-')) {
    return (
      `The name "${name}" must have two words or more with hyphens between them, so that the name of the ` +
      'database, the prefix of the keys and the package stay apart.'
    )
  }
  if (name.length > maxLength) {
    return `The name "${name}" has ${name.length} characters. A Worker, with its environment, may have 54, so the most is ${maxLength}.`
  }
  if (name.startsWith('pg-')) {
    return `The name "${name}" must not begin with "pg-": PostgreSQL keeps roles that begin with "pg_" to itself.`
  }
  return undefined
}

export type RenameRules = {
  from: string
  to: string
  /** Leaves alone what databases and callers hold already: the group of roles, the keys' prefix. */
  isDeployed: boolean
}

/** The one rule of a rename: every form of the old name becomes the same form of the new one. */
export function renamer({ from, to, isDeployed }: RenameRules): (text: string) => string {
  const [old, now] = [formsOf(from), formsOf(to)]
  const group = isDeployed ? '(?!_worker)' : ''
  const replaced = new Map([
    [old.hyphens, now.hyphens],
    [old.underscores, now.underscores],
    [old.capitals, now.capitals],
    ...(isDeployed ? [] : [[old.joined, now.joined] as const]),
  ])
  const pattern = RegExp(
    [...replaced.keys()].map((form) => (form === old.underscores ? form + group : form)).join('|'),
    'g',
  )
  return (text) => text.replaceAll(pattern, (form) => replaced.get(form) ?? form)
}

/** A form of the new name that a text holds already. The old name, which may contain it, does not count. */
export function formWithin(text: string, { from, to }: RenameRules): string | undefined {
  const others = Object.values(formsOf(from)).reduce(
    (rest, form) => rest.replaceAll(form, ''),
    text,
  )
  return Object.values(formsOf(to)).find((form) => others.includes(form))
}
