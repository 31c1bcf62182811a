import { type ListedOperation, matchPath } from '../contract.ts'
import type { Service } from '../service.ts'
import { createBodies } from './bodies.ts'
import {
  creationOf,
  isCreation,
  isOfRow,
  parentOf,
  rowTemplateIn,
  rowTemplateNamed,
} from './collections.ts'
import { demandSuccess } from './demand-success.ts'
import { exampleParameter, examplePart } from './examples.ts'
import { nextLabel, varyText } from './vary.ts'

/** A request that must succeed, once. */
export type Sample = {
  method: string
  path: string
  body: unknown
  headers: Record<string, string>
}

/** Which of the requests of an operation. */
export type Way = {
  /** Of what GET has. */
  isHead?: boolean
  mediaType?: string
  query?: Readonly<Record<string, string>>
  /** With the header `Idempotency-Key`. */
  isKeyed?: boolean
  /** Of lines: those that change rows, in place of new ones. */
  isChanging?: boolean
}

type Row = {
  /** Of its path, with those of its parents. */
  parameters: Readonly<Record<string, string>>
  /** The body that made it. */
  source?: unknown
}

/**
 * Makes requests of the examples of the contract. What they are about it makes first, through the
 * service: rows that the path names, that a property such as `userId` stands for, and that a list
 * shows. All requests of one sampler are about the same rows, and `label` stands in each text that it
 * sends.
 */
export function createSampler(request: Service['request'], label = nextLabel()) {
  const rows = new Map<string, Promise<Row>>()
  const making = new Set<string>()
  const bodyOf = createBodies({
    label,
    idFor,
    sourceOf: async (template) => (await rowAt(template)).source,
  })

  function rowAt(template: string): Promise<Row> {
    const row = rows.get(template) ?? makeRow(template)
    rows.set(template, row)
    return row
  }

  async function makeRow(template: string): Promise<Row> {
    const { name = '', example } = examplePart(template)
    const creation = creationOf(template)
    if (!creation) {
      // It is there from the beginning, as a page of the documentation is.
      return { parameters: { ...(await parentsOf(template)), [name]: example } }
    }
    making.add(template)
    const { method, path, body, headers } = await sample(creation)
    making.delete(template)
    const answer = await request(method, path, body, headers)
    demandSuccess(creation, answer.status, answer.text)
    const location = method === 'PUT' ? path : answer.headers.get('Location')
    const ids = { ...Object(body), ...Object(answer.body) }
    return {
      parameters: (location !== null && matchPath(template, location)) || {
        ...matchPath(creation.template, path),
        [name]: `${ids[name]}`,
      },
      source: body,
    }
  }

  /** The parameters of all of a path but its last part. */
  async function parentsOf(template: string): Promise<Row['parameters']> {
    const parent = parentOf(template).replace(/[^}]*$/, '')
    return parent === '' ? {} : (await rowAt(parent)).parameters
  }

  async function idFor(name: string): Promise<string | undefined> {
    const collection = rowTemplateNamed(name)
    const template = collection && rowTemplateIn(collection)
    // The first row of a table that refers to itself refers to none.
    return template && !making.has(template)
      ? Object.values((await rowAt(template)).parameters).at(-1)
      : undefined
  }

  async function parametersOf(operation: ListedOperation): Promise<Row['parameters']> {
    const { method, template } = operation
    if (!isOfRow(template)) {
      // A list of nobody may be a 404.
      const shown = rowTemplateIn(template) ?? rowTemplateIn(parentOf(template))
      if (method === 'GET' && shown !== undefined && creationOf(shown)) {
        return (await rowAt(shown)).parameters
      }
      // What `/users/{id}/devices` shows is made at `/devices`, for the same user.
      const elsewhere = rowTemplateIn(template.replace(/^.*\//, '/'))
      if (method === 'GET' && elsewhere !== undefined && creationOf(elsewhere)) {
        await rowAt(elsewhere)
      }
      return parentsOf(template)
    }
    if (!isCreation(operation)) {
      return (await rowAt(template)).parameters
    }
    const { name = '', example, schema } = examplePart(template)
    const id = (await idFor(name)) ?? varyText(example, schema, label)
    return { ...(await parentsOf(template)), [name]: id }
  }

  async function sample(operation: ListedOperation, way: Way = {}): Promise<Sample> {
    const { method, template } = operation
    const parameters = await parametersOf(operation)
    const path = fill(template, parameters)
    if (takesBack(template)) {
      await request('DELETE', path.replace(/\/restore$/, ''))
    }
    const { mediaType, body } = (await bodyOf(operation, way.mediaType, way.isChanging)) ?? {}
    const query = new URLSearchParams({ ...demandedQuery(operation), ...way.query })

    return {
      method: way.isHead ? 'HEAD' : method,
      path: query.size > 0 ? `${path}?${query}` : path,
      body,
      headers: {
        ...(mediaType !== undefined && { 'Content-Type': mediaType }),
        ...(way.isKeyed && { 'Idempotency-Key': label }),
      },
    }
  }

  /** Where the rows are that are there. */
  async function pathOf(template: string): Promise<string> {
    const parameters = isOfRow(template)
      ? (await rowAt(template)).parameters
      : await parentsOf(template)
    return fill(template, parameters)
  }

  return { label, sample, pathOf }
}

/** Whether it is about a row that was deleted before. */
const takesBack = (template: string) => template.endsWith('}/restore')

const fill = (template: string, parameters: Row['parameters']) =>
  template.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(parameters[name] ?? ''))

const demandedQuery = (operation: ListedOperation) =>
  Object.fromEntries(
    operation.operation.parameters
      .filter(({ in: place, required }) => place === 'query' && required)
      .map((parameter) => [parameter.name, exampleParameter(operation, parameter)]),
  )
