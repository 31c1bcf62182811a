import { parseArgs } from 'node:util'
import { ApiKey } from '../../src/config.ts'
import { type Scope, scopes, scopeTexts } from '../../src/resources.ts'
import { runCommand, usageError } from '../command/command.ts'
import { createKey, digestOf } from './key.ts'

const usage = [
  'Usage: npm run keys:new -- --name NAME --scopes SCOPE,SCOPE [--expires YYYY-MM-DD]',
  '',
  ...Object.entries(scopeTexts).map(([scope, text]) => `  ${scope.padEnd(24)} ${text}`),
].join('\n')

type KeyOptions = Pick<ApiKey, 'name' | 'scopes' | 'expires'>

/** Throws CommandError. */
function readOptions(): KeyOptions {
  try {
    const { values } = parseArgs({
      options: {
        name: { type: 'string' },
        scopes: { type: 'string' },
        expires: { type: 'string' },
      },
    })
    const { name, scopes: list, expires } = values
    if (name === undefined || !isValid('name', name)) {
      throw new TypeError(
        '--name must say whose key this is: 1 to 64 letters, digits, dots, hyphens and underscores.',
      )
    }
    const named = [...new Set((list ?? '').split(','))]
    if (!named.every(isScope)) {
      throw new TypeError(`--scopes must name one or more of ${scopes.join(', ')}, with commas.`)
    }
    if (expires !== undefined && !(isValid('expires', expires) && expires > today())) {
      throw new TypeError('--expires must be a day to come, such as 2030-01-31.')
    }
    return { name, scopes: named, ...(expires !== undefined && { expires }) }
  } catch (error) {
    throw usageError(error, usage)
  }
}

const isValid = (field: keyof KeyOptions, value: string) =>
  ApiKey.shape[field].safeParse(value).success

const isScope = (text: string): text is Scope => scopes.some((scope) => scope === text)

const today = () => new Date().toISOString().slice(0, 10)

async function printKey(): Promise<void> {
  const { name, scopes: granted, expires } = readOptions()
  const key = createKey()
  const entry = JSON.stringify({ name, digest: digestOf(key), scopes: granted, expires })

  console.log(
    [
      'The key. It is shown this once, and kept nowhere:',
      '',
      `  ${key}`,
      '',
      `Its entry, which is no secret${expires === undefined ? '. The key never expires' : ''}:`,
      '',
      `  ${entry}`,
      '',
      'Put the entry into the JSON array in API_KEYS, beside those of the keys that stay valid: in the',
      'secrets file of `npm run deploy`, or in .dev.vars. As the only key it reads:',
      '',
      `  API_KEYS='[${entry}]'`,
    ].join('\n'),
  )
}

await runCommand(printKey)
