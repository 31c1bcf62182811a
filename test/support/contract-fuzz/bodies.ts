import fc from 'fast-check'
import type { ListedOperation } from '../contract.ts'
import {
  anyJson,
  anyText,
  goodEmail,
  goodName,
  mostly,
  nearlyAlways,
  oddEmail,
  oddName,
} from './values.ts'

const ignoredNames = ['id', 'version', 'createdAt', 'updatedAt']
const unknownFields = ['nickname', 'Name', '__proto__', 'constructor', '', 'na\u0000me']

const fieldsOf = (names: readonly string[]) =>
  nearlyAlways(
    fc.constant<[string, string][]>([]),
    fc.array(fc.tuple(fc.constantFrom(...names), anyJson), { maxLength: 3 }),
  )

/** Written by hand, for an object holds no name twice, and `__proto__` in its own way. */
const anyUser = fc
  .tuple(
    fc.option(
      mostly(
        mostly(goodName, oddName).map((name) => JSON.stringify(name)),
        anyJson,
      ),
      { freq: 12 },
    ),
    fc.option(
      mostly(
        mostly(goodEmail, oddEmail).map((email) => JSON.stringify(email)),
        anyJson,
      ),
      { freq: 12 },
    ),
    fieldsOf(ignoredNames),
    fieldsOf(unknownFields),
  )
  .map(([name, email, ignored, unknown]) => {
    const fields = [
      ...(name === null ? [] : [['name', name]]),
      ...(email === null ? [] : [['email', email]]),
      ...ignored,
      ...unknown,
    ]
    return `{${fields.map(([key = '', value]) => `${JSON.stringify(key)}:${value}`).join()}}`
  })

const ndjson = fc
  .array(mostly(anyUser, fc.oneof(anyJson, fc.constantFrom('', ' ', '{', 'no JSON', '\r'))), {
    maxLength: 8,
  })
  .map((lines) => lines.join('\n'))

const cell = mostly(fc.oneof(goodName, goodEmail), anyText).map(
  (text) => `"${text.toWellFormed().replaceAll('"', '""')}"`,
)

const csv = fc
  .tuple(
    mostly(
      fc.constantFrom('name,email', 'email,name', ' Name , EMAIL ,id'),
      fc.constantFrom('', 'name', 'name,name,email', 'name,email,age', '"', '"name,email'),
    ),
    fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { maxLength: 8 }),
    nearlyAlways(fc.constant(''), fc.constant('"open')),
  )
  .map(([header, rows, end]) => [header, ...rows.map((cells) => cells.join()), end].join('\r\n'))

const utf8 = (text: string) => Buffer.from(text).toString('latin1')

/** The bytes and what they say that they are. */
export function bodyOf({ template, operation }: ListedOperation) {
  const isImport = template === '/users/import'
  const mediaTypes = Object.keys(operation.requestBody?.content ?? {})
  const contentType = nearlyAlways(
    fc
      .tuple(
        fc.constantFrom(...mediaTypes),
        fc.constantFrom('', '; charset=utf-8', ';charset="UTF-8"'),
      )
      .map((parts) => parts.join('')),
    fc.constantFrom('text/plain', 'application/jsonx', 'application/json; charset=latin1', 'json'),
  )
  const text = isImport
    ? fc.oneof(ndjson, csv)
    : nearlyAlways(anyUser, fc.oneof(anyJson, fc.constantFrom('', '{', '{"name":}', '\ufeff{}')))
  const bytes = nearlyAlways(
    text.map(utf8),
    text.map((valid) => `${utf8(valid)}\xff`),
  )
  return fc.record({ contentType: fc.option(contentType, { freq: 20 }), bytes })
}
