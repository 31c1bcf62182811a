import * as z from 'zod/mini'
import { Email, Name, NewName } from '../fields.ts'
import { multilineRule } from '../multiline-rule.ts'
import { nameMaxLength, namePattern, newNamePattern } from '../name-rules.ts'
import { described, moment } from './components.ts'

Name.register(described, {
  id: 'Name',
  description:
    'No control character, no half of a surrogate pair, no white space at either end, and at least ' +
    'one visible character. The service brings a name into Unicode NFC first, and all of this holds ' +
    'for that form; the length counts its code points. Not visible either, though the pattern cannot ' +
    'say so everywhere, are U+1BCA0 to U+1BCA3, U+1D173 to U+1D17A, and U+E0000 to U+E0FFF.',
  minLength: 1,
  maxLength: nameMaxLength,
  pattern: namePattern(),
  examples: ['Ada Lovelace'],
})

/**
 * What a text of `newNameOf(max)` may hold.
 *
 * @public
 */
export const newNameTold = (id: string, max: number, example: string) => ({
  id,
  description:
    'A `Name`, in Unicode NFC as well, that overrides or isolates no direction of text (U+202A to ' +
    'U+202E, U+2066 to U+2069), and has at most 30 combining marks in a row. Names that were stored before these two rules stay, ' +
    'also when the rest of their row is changed.',
  minLength: 1,
  maxLength: max,
  pattern: newNamePattern(),
  examples: [example],
})

NewName.register(described, newNameTold('NewName', nameMaxLength, 'Ada Lovelace'))

/**
 * What a text of `multiline(min, max)` may hold.
 *
 * @public
 */
export const multilineTold = (id: string, min: number, max: number, example: string) => ({
  id,
  description:
    'No control character but tabs and line breaks, no half of a surrogate pair, and at most 30 combining ' +
    'marks in a row. The service brings it into Unicode NFC first; the length counts its code points.',
  minLength: min,
  maxLength: max,
  pattern: multilineRule.pattern,
  examples: [example],
})

Email.register(described, {
  id: 'Email',
  description:
    'A valid email address of the HTML standard with a dot in its domain. Kept as typed, and unique ' +
    'whatever its case.',
  examples: ['ada@example.com'],
})

/** The field `id`. */
export const id = () =>
  z
    .int()
    .check(z.minimum(1))
    .register(described, { format: 'int64', examples: [26] })

/** The fields that the service keeps itself. */
export const kept = () => ({
  version: z
    .int32()
    .check(z.minimum(1))
    .register(described, {
      format: 'int32',
      description:
        'Counts the changes. What changes nothing does not raise it. The `ETag` is this number.',
      examples: [1],
    }),
  createdAt: moment('When it was created, in UTC.'),
  updatedAt: moment('When it was last changed, in UTC.'),
})

/** Examples of the values of `kept`. */
export const keptExample = {
  version: 1,
  createdAt: '2026-11-22T09:16:49.185Z',
  updatedAt: '2026-11-22T09:16:49.185Z',
}

export const ignoredFields =
  '`id`, `version`, `createdAt` and `updatedAt` are accepted with any value and ignored, so that ' +
  'what was read can be sent back.'
