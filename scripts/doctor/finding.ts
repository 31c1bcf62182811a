/** `message` is a plain sentence, with the mend of what is wrong, and holds no secret. */
export type Finding = { check: string; level: 'ok' | 'warning' | 'fault'; message: string }

const finding = (level: Finding['level']) => (check: string, message: string) =>
  ({ check, level, message }) satisfies Finding

export const ok = finding('ok')
/** What works, but not in every way or not for long. */
export const warning = finding('warning')
/** What keeps a command from working. */
export const fault = finding('fault')

export const isWhole = (findings: readonly Finding[]): boolean =>
  findings.every(({ level }) => level !== 'fault')
