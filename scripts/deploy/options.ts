import { parseArgs } from 'node:util'
import { usageError } from '../command/command.ts'

const usage =
  'Usage: npm run deploy [-- --env NAME --dry-run --json --secrets-file FILE --steps 10,50 ' +
  '--pause SECONDS --wait SECONDS --url URL --yes]'

export type DeployOptions = {
  /** Of wrangler.toml. */
  environment: string
  isDryRun: boolean
  isJson: boolean
  /** Secrets that go up with the version, as wrangler reads them. */
  secretsFile: string | undefined
  /** Percentages of the requests, before 100. */
  steps: readonly number[]
  /** After each step, to watch the service. */
  pauseMs: number
  /** How long a version may take to answer everywhere. */
  waitMs: number
  /** Where the service answers, when that is not its route in wrangler.toml. */
  url: string | undefined
  /** Deploys an older commit than the one that answers, without a question. */
  isSure: boolean
}

/** Throws CommandError. */
export function readOptions(args = process.argv.slice(2)): DeployOptions {
  try {
    const { values } = parseArgs({
      args,
      options: {
        env: { type: 'string', default: 'production' },
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'secrets-file': { type: 'string' },
        steps: { type: 'string', default: '' },
        pause: { type: 'string', default: '30' },
        wait: { type: 'string', default: '60' },
        url: { type: 'string' },
        yes: { type: 'boolean', default: false },
      },
    })
    return {
      environment: values.env,
      isDryRun: values['dry-run'],
      isJson: values.json,
      secretsFile: values['secrets-file'],
      steps: readSteps(values.steps),
      pauseMs: readSeconds('pause', values.pause) * 1_000,
      waitMs: readSeconds('wait', values.wait) * 1_000,
      url: values.url === undefined ? undefined : readUrl(values.url),
      isSure: values.yes,
    }
  } catch (error) {
    throw usageError(error, usage)
  }
}

function readSteps(text: string): number[] {
  const steps = text === '' ? [] : text.split(',')
  const numbers = steps.map(Number)
  const isRising = numbers.every((step, index) => step > (numbers[index - 1] ?? 0) && step < 100)
  if (!steps.every((step) => /^\d{1,2}$/.test(step)) || !isRising) {
    throw new TypeError('--steps must be rising percentages from 1 to 99, such as 10,50.')
  }
  return numbers
}

function readSeconds(option: string, value: string): number {
  if (!/^\d{1,4}$/.test(value)) {
    throw new TypeError(`--${option} must be a number of seconds, at most 9999.`)
  }
  return Number(value)
}

/** Only https, because the key goes there, except to a stand-in for Cloudflare on this machine. */
function readUrl(value: string): string {
  const url = URL.parse(value)
  if (!url || !(url.protocol === 'https:' || url.hostname === '127.0.0.1')) {
    throw new TypeError('--url must be an https address, such as https://users.example.com.')
  }
  return url.origin
}
