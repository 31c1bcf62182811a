import { readFileSync } from 'node:fs'

/** They go before the address itself, for pg and libpq, and the Neon driver never sees them. */
const elsewhere: Readonly<Record<string, string>> = {
  host: 'the host',
  hostaddr: 'the host',
  port: 'the port',
  user: 'the user',
  password: 'the password',
  dbname: 'the database',
  database: 'the database',
  service: 'what the service stands for',
  servicefile: 'what the service stands for',
  passfile: 'the password',
}

/** `no-verify` is pg's own. */
const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']

const files = ['sslrootcert', 'sslcert', 'sslkey'] as const

/** libpq's word for the authorities that the system trusts, which Node trusts anyway. */
export const systemAuthorities = 'system'

/** What is wrong with the parameters of a connection string, as a sentence without a secret. */
export function faultOfParameters(name: string, { searchParams }: URL): string | undefined {
  const [parameter] = [...searchParams.keys()].filter((each) => Object.hasOwn(elsewhere, each))
  if (parameter !== undefined) {
    return `${name} has a parameter ${parameter}: write ${elsewhere[parameter]} into the address itself.`
  }
  const sslMode = searchParams.get('sslmode')
  if (sslMode !== null && !sslModes.includes(sslMode)) {
    return `${name} has an sslmode that there is not. Write sslmode=verify-full, or require as Neon does.`
  }
  for (const each of files) {
    const file = searchParams.get(each) ?? ''
    const problem = file === '' || file === systemAuthorities ? undefined : faultOfFile(file)
    if (problem !== undefined) {
      return `${name} names ${file} as its ${each}, which ${problem}. Correct it, or take ${each} out.`
    }
  }
  return undefined
}

function faultOfFile(file: string): string | undefined {
  try {
    const isPem = readFileSync(file, 'utf8').includes('-----BEGIN ')
    return isPem ? undefined : 'is not in PEM, with lines that begin with -----BEGIN'
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error
    return `cannot be read (${code})`
  }
}
