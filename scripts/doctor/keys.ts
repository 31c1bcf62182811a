import type { ApiKey, Config } from '../../src/config.ts'
import { type Finding, fault, warning } from './finding.ts'

const dayMs = 24 * 60 * 60 * 1_000
const soonDays = 14

const mend = 'Make another with `npm run keys:new`, and put its entry in place of this one.'

/** Which keys are let in no more, or not for long. */
export function checkKeys(
  { AUTH, API_KEYS = [], OIDC_ISSUER }: Config,
  now = Date.now(),
): Finding[] {
  const isOver = ({ expires }: ApiKey) => expires !== undefined && Date.parse(expires) <= now
  const isSoonOver = ({ expires }: ApiKey) =>
    expires !== undefined && Date.parse(expires) <= now + soonDays * dayMs

  if (AUTH === 'keys' && API_KEYS.length > 0 && API_KEYS.every(isOver) && !OIDC_ISSUER) {
    return [
      fault(
        'settings',
        'Every key of API_KEYS has expired, so nobody gets in. Make one with `npm run keys:new`, and ' +
          'put its entry there.',
      ),
    ]
  }
  return API_KEYS.filter(isSoonOver).map((key) =>
    warning(
      'settings',
      `The key ${key.name} of API_KEYS ${isOver(key) ? 'has expired' : 'expires'} on ` +
        `${key.expires}. ${mend}`,
    ),
  )
}
