import { Buffer } from 'node:buffer'
import { faultsOf, isNormalized, propertiesOf, type Schema } from '../contract.ts'
import type { FuzzedRequest } from './requests.ts'

export const isJson = (mediaType: string) => /[/+]json$/.test(mediaType)

/** None when its charset is another than UTF-8. */
export function mediaTypeOf({ headers }: FuzzedRequest): string {
  const [mediaType = '', charset = 'charset=utf-8'] = (headers['Content-Type'] ?? '')
    .toLowerCase()
    .split(/\s*;\s*/)

  return /^charset="?utf-8"?$/.test(charset) ? mediaType : ''
}

export function decode(body: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(body, 'latin1'))
  } catch {
    return undefined
  }
}

/** As it stands there, where it is no UTF-8. */
export const decodePart = (part: string) => (decodes(part) ? decodeURIComponent(part) : part)

export function decodes(part: string): boolean {
  try {
    decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return error
  }
}

/** Texts are judged in NFC where their description says so. */
export function keeps(schema: Schema, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return faultsOf(schema, value).length === 0
  }
  // Not by a spread, which would lose a field named `__proto__`.
  const normalized = structuredClone(value)
  for (const [name, property] of Object.entries(propertiesOf(schema))) {
    const text: unknown = Object.hasOwn(value, name) ? Object(value)[name] : undefined
    if (typeof text === 'string' && isNormalized(property)) {
      // Patterns that UTF-8 holds cannot tell; the description does.
      if (!text.isWellFormed()) {
        return false
      }
      Object.defineProperty(normalized, name, { value: text.normalize(), enumerable: true })
    }
  }
  return faultsOf(schema, normalized).length === 0
}
