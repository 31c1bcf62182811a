/**
 * Variables of a shell that change what a command does although nobody means it: where libpq, git and
 * wrangler go, and how much programs say. A password of PostgreSQL's may come from the shell, because it
 * leads nowhere.
 */
const misleading = [
  /^PG(?!PASSWORD$|PASSFILE$)/i,
  /^GIT_(?:COMMON_DIR|DIR|INDEX_FILE|NAMESPACE|OBJECT_DIRECTORY|PREFIX|WORK_TREE)$/i,
  /^WRANGLER_(?:BUILD|CI|LOG|OUTPUT)_?/i,
  /^CLOUDFLARE_(?:ENV|INCLUDE_PROCESS_ENV|LOAD_DEV_VARS_FROM_DOT_ENV)$/i,
  /^(?:NODE_)?DEBUG(?:_|$)/i,
  /^NODE_ENV$/i,
]

/** Languages, and colours, which others take for a wish. */
const ofTaste = /^(?:CLICOLOR|COLORTERM|LANG(?:UAGE)?$|LC_|NODE_DISABLE_COLORS$)/i

/** Said outright, because wrangler would read what is missing from a file `.env`. */
const plain = {
  FORCE_COLOR: '0',
  LC_ALL: 'C',
  NO_COLOR: '1',
  TZ: 'UTC',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG: 'log',
  WRANGLER_SEND_METRICS: 'false',
}

export type Environment = Readonly<Record<string, string | undefined>>

export const isMisleading = (name: string): boolean => misleading.some((each) => each.test(name))

/** The environment of a program that talks to a person: with their language and colours. */
export const personsEnvironment = (own: Environment = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !isMisleading(name))),
  ...own,
})

/** The environment of a program whose words a command reads: they are the same in every shell. */
export const plainEnvironment = (own: Environment = {}): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(personsEnvironment()).filter(([name]) => !ofTaste.test(name)),
  ),
  ...plain,
  ...own,
})

/** Takes out of this process what would mislead the libraries in it. */
export function forgetShell(): void {
  for (const name of Object.keys(process.env).filter(isMisleading)) {
    delete process.env[name]
  }
}
