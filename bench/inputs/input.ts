export const kiB = 1024

type Sent = {
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: string
}

/** A text that somebody sends, of about `length` characters, as bad for its reader as we know how. */
export type Input = {
  name: string
  /** Each twice the one before it, up to what the service or the runtime takes. */
  lengths: readonly number[]
  send(length: number): Sent | Promise<Sent>
}

export const doubled = (from: number, to: number) => {
  const lengths = [from]
  for (let length = from * 2; length <= to; length *= 2) {
    lengths.push(length)
  }
  return lengths
}

/** Cloudflare takes 128 KB of headers. */
const headerLengths = doubled(8 * kiB, 64 * kiB)

/** Each has to be carried past those before it. */
export const marks = (length: number) => 'a\u0345\u0301\u0323\u0334'.padEnd(length, '\u0345\u0334')
export const email = 'ada@example.com'

export const header = (
  name: string,
  what: string,
  write: (length: number) => string,
  request: Omit<Sent, 'headers'> = { path: '/users/1' },
): Input => ({
  name: `${name}: ${what}`,
  lengths: headerLengths,
  send: (length) => ({ ...request, headers: { [name]: write(length) } }),
})
