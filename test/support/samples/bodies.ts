import { itemSchemaOf, type ListedOperation, type Schema } from '../contract.ts'
import { parentOf, rowTemplateIn } from './collections.ts'
import { exampleBody } from './examples.ts'
import { vary, varyRest } from './vary.ts'

export type Body = { mediaType: string; body: unknown }

type Rows = {
  label: string
  /** Of the row that a name such as `userId` stands for. */
  idFor(name: string): Promise<string | undefined>
  /** What a row was made of. */
  sourceOf(template: string): Promise<unknown>
}

/** The examples of bodies, each time of values of their own. */
export function createBodies({ label, idFor, sourceOf }: Rows) {
  let count = 0

  async function varied(example: unknown, schema: Schema): Promise<unknown> {
    const withIds = await putIds(example)
    count += 1
    return vary(withIds, schema, `${label}${String.fromCharCode(96 + count)}`)
  }

  async function putIds(example: unknown): Promise<unknown> {
    if (typeof example !== 'object' || example === null || Array.isArray(example)) {
      return example
    }
    const values: Record<string, unknown> = { ...example }
    for (const [name, value] of Object.entries(example)) {
      const id = value === null ? undefined : await idFor(name)
      values[name] = id === undefined ? value : typeof value === 'number' ? Number(id) : id
    }
    return values
  }

  /** Two new rows, or one that is there, changed. */
  async function lines(template: string, example: string, schema: Schema, isChanging: boolean) {
    const [first = ''] = example.split('\n')
    const row = rowTemplateIn(parentOf(template))
    const items =
      isChanging && row
        ? [varyRest(await sourceOf(row), schema, `${label}x`)]
        : [await varied(JSON.parse(first), schema), await varied(JSON.parse(first), schema)]
    return items.map((item) => `${JSON.stringify(item)}\n`).join('')
  }

  /** In an example no cell is quoted. */
  async function csv(example: string, schema: Schema): Promise<string> {
    const [header = '', row = ''] = example.split('\r\n')
    const cells = row.split(',')
    const item = Object.fromEntries(header.split(',').map((name, index) => [name, cells[index]]))
    return `${header}\r\n${Object.values(Object(await varied(item, schema))).join()}\r\n`
  }

  /** Of the first media type, when none is chosen; undefined for an operation without a body. */
  return async function bodyOf(
    operation: ListedOperation,
    chosen?: string,
    isChanging = false,
  ): Promise<Body | undefined> {
    const content = operation.operation.requestBody?.content ?? {}
    const [mediaType = '', media] =
      Object.entries(content).find(([each]) => each === (chosen ?? each)) ?? []
    if (!media) {
      return undefined
    }
    const example = exampleBody(operation, mediaType, media)
    const schema = itemSchemaOf(content)
    if (!schema) {
      return { mediaType, body: await varied(example, media.schema) }
    }
    return {
      mediaType,
      body:
        mediaType === 'text/csv'
          ? await csv(`${example}`, schema)
          : await lines(operation.template, `${example}`, schema, isChanging),
    }
  }
}
