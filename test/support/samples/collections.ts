import { getTableColumns, getTableName, is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import { tables } from '../../../src/app.ts'
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

/**
 * The row whose id such a name stands for, `/users/{id}` for `userId` and `ownerUserId`, and for an
 * `ownerId` that is a column with a foreign key to the table of the users.
 */
export function rowTemplateNamed(
  name: string,
  all: readonly unknown[] = Object.values(tables),
): string | undefined {
  const [, row = ''] = /(\w+)Ids?$/.exec(name) ?? []
  return (
    collectionWhere((plural) => isSingularOf(row.toLowerCase(), plural)) ??
    collectionWhere((plural) => plural.replaceAll('-', '_') === tableReferredBy(name, all))
  )
}

/** The table that a column of this name refers to, in any of the tables. */
function tableReferredBy(name: string, all: readonly unknown[]) {
  const targets = all
    .filter((table) => is(table, PgTable))
    .flatMap((table) => {
      const column = getTableColumns(table)[name]
      return getTableConfig(table)
        .foreignKeys.map((key) => key.reference())
        .filter(({ columns }) => columns.length === 1 && columns[0] === column)
    })
  return targets[0] && getTableName(targets[0].foreignTable)
}

/** The collection whose last part is such a word. */
const collectionWhere = (isMeant: (plural: string) => boolean) =>
  guardedOperations.find(
    ({ method, template }) => method === 'POST' && isMeant(template.replace(/^.*\//, '')),
  )?.template

const isSingularOf = (row: string, plural: string) =>
  [plural.replace(/ies$/, 'y'), plural.replace(/es$/, ''), plural.replace(/s$/, '')].some(
    (singular) => singular !== plural && row.endsWith(singular.toLowerCase()),
  )
