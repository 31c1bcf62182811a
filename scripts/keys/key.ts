import { createHash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** By it a scanner finds a key that was published, and by the checksum it knows that it is one. */
export const keyPrefix = 'edgeusers_'

const pattern = RegExp(`^(${keyPrefix}[\\w-]{43})([0-9a-f]{8})$`)

const checksumOf = (text: string) => crc32(text).toString(16).padStart(8, '0')

/** 256 bits between a prefix and a checksum. */
export function createKey(): string {
  const text = `${keyPrefix}${randomBytes(32).toString('base64url')}`
  return `${text}${checksumOf(text)}`
}

/** Whether it is a key to its last character, and not one that was cut off or mistyped. */
export function isKey(text: string): boolean {
  const [, start, checksum] = pattern.exec(text) ?? []
  return start !== undefined && checksum === checksumOf(start)
}

/** What of a key stands in API_KEYS. */
export const digestOf = (key: string) => createHash('sha256').update(key).digest('hex')
