import { type ListedOperation, type MediaType, operations, type Parameter } from '../contract.ts'

type Named = Pick<ListedOperation, 'method' | 'template'>

/** An operation as the messages name it. */
export const nameOf = ({ method, template }: Named) => `${method} ${template}`

/** A body that must be accepted. */
export function exampleBody(operation: Named, mediaType: string, media: MediaType): unknown {
  const [first] = Object.values(media.examples ?? {})
  const example = media.example ?? first?.value
  if (example === undefined) {
    throw new Error(
      `${nameOf(operation)}: the contract has no example of its body as ${mediaType}: give it one.`,
    )
  }
  return example
}

export function exampleParameter(operation: Named, { name, example }: Parameter): string {
  if (example === undefined) {
    throw new Error(
      `${nameOf(operation)}: the contract has no example of the parameter ${name}: give it one.`,
    )
  }
  return `${example}`
}

/** The example of the last parameter of a path, and its schema. */
export function examplePart(template: string) {
  const [, name] = /\{(\w+)\}$/.exec(template) ?? []
  for (const listed of operations.filter((each) => each.template === template)) {
    for (const parameter of listed.operation.parameters) {
      if (parameter.in === 'path' && parameter.name === name) {
        return { name, schema: parameter.schema, example: exampleParameter(listed, parameter) }
      }
    }
  }
  throw new Error(`${template}: the contract does not say what its last parameter is.`)
}
