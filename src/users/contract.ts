import { Email, Name } from '../fields.ts'
import { described, moment } from '../openapi/components.ts'
import type { Contract } from '../openapi/document.ts'
import { id, ignoredFields, kept, keptExample } from '../openapi/fields.ts'
import { linksTo, missing, piecesOf } from '../openapi/pieces.ts'
import { bulkOperations, bulkParameters } from './bulk-contract.ts'
import { NewUser, searchLength, UserChanges } from './input.ts'
import type { users } from './resource.ts'
import { deletedUserRows, userRows } from './rows.ts'

NewUser.register(described, {
  id: 'NewUser',
  description: `A whole user. ${ignoredFields}`,
})

UserChanges.register(described, {
  id: 'UserChanges',
  description: `A JSON Merge Patch (RFC 7396): what is left out stays as it is. ${ignoredFields}`,
})

const ada = { name: 'Ada Lovelace', email: 'ada@example.com' }
const adaStored = { id: 26, ...ada, ...keptExample }
const adaKing = { ...ada, name: 'Ada King' }

const fields = { id: id(), name: Name, email: Email, ...kept() }

const user = piecesOf(userRows, { name: 'User', fields, example: adaStored })

const deletedUser = piecesOf(deletedUserRows, {
  name: 'DeletedUser',
  fields: { ...fields, deletedAt: moment('When it was deleted, in UTC.') },
  example: { ...adaStored, deletedAt: keptExample.updatedAt },
})

export const User = user.schema

const links = linksTo('getUser', 'replaceUser', 'changeUser', 'deleteUser')

/** The API of the users, told to people and programs. */
export const contract = {
  tag: { name: 'users', description: 'The users, one by one and in bulk.' },
  operations: {
    '/users': {
      get: {
        operationId: 'listUsers',
        summary: 'List users',
        description:
          'A page of the users. Follow the `next` link of the `Link` header for more. A list by id ' +
          'repeats nobody and misses nobody who is there throughout, whatever is written meanwhile. An ' +
          'empty table answers 404 when there is no filter; a filter that matches nobody answers an empty array. ' +
          'With `q` or `count` the database may work on it for one second.',
        ...user.listing(['no-users']),
      },
      post: {
        operationId: 'createUser',
        summary: 'Create a user',
        ...user.creating(ada, { links }),
      },
    },
    '/users/{id}': {
      get: {
        operationId: 'getUser',
        summary: 'Read a user',
        ...user.reading(),
      },
      put: {
        operationId: 'replaceUser',
        summary: 'Replace a user',
        ...user.changing(adaKing),
      },
      patch: {
        operationId: 'changeUser',
        summary: 'Change a user',
        ...user.changing({ name: 'Ada King' }),
      },
      delete: {
        operationId: 'deleteUser',
        summary: 'Delete a user',
        ...user.removing(),
        description:
          'The email is free at once. The user can be taken back for a time, of 30 days if the service ' +
          'is not set up otherwise, and is then removed for good. With `erase=true`, which takes the ' +
          'scope `users:erase` in place of `users:write`, it is for good at once; that works on a user ' +
          'who was deleted before, too. `If-Match` makes sure that nobody changed it since it was ' +
          'read: a stale one is a 412.',
      },
    },
    '/users/{id}/restore': {
      post: {
        operationId: 'restoreUser',
        summary: 'Take back the deletion of a user',
        ...user.restoring(),
        description:
          'The user has the same id, and a version of its own. One who is there already stays as it ' +
          'is, so it is safe to repeat. It is a 409 when the email was taken meanwhile.',
      },
    },
    '/users/deleted': {
      get: {
        operationId: 'listDeletedUsers',
        summary: 'List deleted users',
        description: 'Those that can be taken back, the newest deletion first.',
        parameters: {
          sort: {
            description: 'The order, descending after a minus.',
            example: 'deletedAt',
          },
        },
        ...deletedUser.listing(),
      },
    },
    ...bulkOperations({ User, ada, adaStored }),
  },
  parameters: {
    ...bulkParameters,
    erase: {
      description: 'Removes it at once and for good, and one who was deleted before as well.',
      example: 'true',
    },
    sort: {
      description:
        'The order, descending after a minus. Names and emails are compared by code points.',
      example: '-name',
    },
    email: {
      description: 'Only the user with this email, whatever its case.',
      example: 'ada@example.com',
    },
    q: {
      description:
        'Only users with this text in the name or the email: three or more characters anywhere, two ' +
        'at the start of either. Upper and lower case are the same, letter by letter, by the locale ' +
        'of the database, usually `C.UTF-8`: `É` is `é` and `İ` is `i`, but `ß` is not `ss`, and `Σ` ' +
        'is not `ς`. It is brought into Unicode NFC first, and has at most 30 combining marks in a ' +
        'row. `%` and `_` stand for themselves.',
      example: 'lovelace',
      schema: { minLength: searchLength.min, maxLength: searchLength.max },
    },
  },
  problems: {
    'no-users': {
      detail: 'No users found',
      meaning: 'The list was asked for without filters, and there is not a single user yet.',
      mend: ['Take it for an empty list. It ends with the first user: `POST /users`.'],
    },
    'user-not-found': missing('user'),
    'email-taken': {
      detail: 'A user with this email already exists, perhaps in other case.',
      meaning:
        'Another user has this email. Upper and lower case make no difference: `ada@example.com` and `ADA@example.com` are one email. Nothing was changed.',
      mend: [
        'Ask the person for another email.',
        'If it may be the same person, look for the user who has the email, and change that one instead.',
      ],
    },
  } satisfies Record<keyof typeof users.problems, object>,
} as const satisfies Contract
