import { operationsAt } from '../contract.ts'
import { decode, isUser, mediaTypeOf, parse } from './reading.ts'
import type { FuzzedRequest } from './requests.ts'

/** The lines that an import must refuse, by number. */
export function refusedLines(request: FuzzedRequest): number[] | undefined {
  const { method, path, body = '' } = request
  const content = operationsAt(path).get(method)?.requestBody?.content[mediaTypeOf(request)]
  const schema = content?.['x-item-schema']
  if (!schema) {
    return undefined
  }
  const emails = new Set<string>()
  return (decode(body) ?? '').split('\n').flatMap((text, index) => {
    if (text.trim() === '') {
      return []
    }
    const value = parse(text)
    if (value instanceof SyntaxError || !isUser(schema, value)) {
      return [index + 1]
    }
    const email = String(Object(value).email).toLowerCase()
    const isRepeated = emails.has(email)
    emails.add(email)
    return isRepeated ? [index + 1] : []
  })
}
