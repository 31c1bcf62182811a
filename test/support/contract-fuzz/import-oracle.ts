import { isUnique, operationsAt, propertiesOf } from '../contract.ts'
import { decode, keeps, mediaTypeOf, parse } from './reading.ts'
import type { FuzzedRequest } from './requests.ts'

/** The lines that an import must refuse, by number. */
export function refusedLines(request: FuzzedRequest): number[] | undefined {
  const { method, path, body = '' } = request
  const content = operationsAt(path).get(method)?.requestBody?.content[mediaTypeOf(request)]
  const schema = content?.['x-item-schema']
  if (!schema) {
    return undefined
  }
  // What no two lines may have alike, whatever its case.
  const keys = Object.entries(propertiesOf(schema)).filter(([, property]) => isUnique(property))
  const taken = new Set<string>()
  return (decode(body) ?? '').split('\n').flatMap((text, index) => {
    if (text.trim() === '') {
      return []
    }
    const value = parse(text)
    if (value instanceof SyntaxError || !keeps(schema, value)) {
      return [index + 1]
    }
    const own = keys.map(([name]) => `${name} ${String(Object(value)[name]).toLowerCase()}`)
    const isRepeated = own.some((key) => taken.has(key))
    own.forEach((key) => {
      taken.add(key)
    })
    return isRepeated ? [index + 1] : []
  })
}
