import { Buffer } from 'node:buffer'
import { faultsOf, type Schema } from '../contract.ts'
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

export function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return error
  }
}

/** The name is judged in NFC, as its description says. */
export function isUser(schema: Schema, value: unknown): boolean {
  const isNamed =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.hasOwn(value, 'name')
  const name: unknown = isNamed ? Object(value).name : undefined
  if (typeof name !== 'string') {
    return faultsOf(schema, value).length === 0
  }
  // Not by a spread, which would lose a field named `__proto__`.
  const normalized = Object.defineProperty(structuredClone(Object(value)), 'name', {
    value: name.normalize(),
    enumerable: true,
  })
  return faultsOf(schema, normalized).length === 0
}
