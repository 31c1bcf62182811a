import { guardedOperations, type ListedOperation } from '../contract.ts'

const operationAt = (method: string, template: string): ListedOperation | undefined =>
  guardedOperations.find((each) => each.method === method && each.template === template)

/** `/teams/{id}/members` of `/teams/{id}/members/{userId}` and of `/teams/{id}/members/export`. */
export const parentOf = (template: string) => template.replace(/\/[^/]*$/, '')

/** The template of a single row: `/users/{id}` of `/users`. */
export const rowTemplateIn = (collection: string): string | undefined =>
  guardedOperations.find(({ template }) => parentOf(template) === collection && isOfRow(template))
    ?.template

/** Whether it ends with a parameter, as the path of a single row does. */
export const isOfRow = (template: string) => template.endsWith('}')

/** What makes a row: a POST to its collection, else a PUT to its own path. */
export const creationOf = (rowTemplate: string): ListedOperation | undefined =>
  operationAt('POST', parentOf(rowTemplate)) ?? operationAt('PUT', rowTemplate)

export const isCreation = (operation: ListedOperation) =>
  operation.method === 'POST'
    ? rowTemplateIn(operation.template) !== undefined
    : isOfRow(operation.template) && creationOf(operation.template) === operation

/** Whose id such a name stands for, `/users/{id}` for `userId` and `ownerUserId`. */
export function rowTemplateNamed(name: string): string | undefined {
  const [, row = ''] = /(\w+)Ids?$/.exec(name) ?? []
  return guardedOperations.find(
    ({ method, template }) =>
      method === 'POST' && isSingularOf(row.toLowerCase(), template.replace(/^.*\//, '')),
  )?.template
}

const isSingularOf = (row: string, plural: string) =>
  [plural.replace(/ies$/, 'y'), plural.replace(/es$/, ''), plural.replace(/s$/, '')].some(
    (singular) => singular !== plural && row.endsWith(singular.toLowerCase()),
  )
