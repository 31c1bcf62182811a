/**
 * What the rest of the service must know about users at run time; `contract.ts` explains it to
 * people.
 */
export const users = {
  /** What each lets a caller do. `allow` in a route asks for one. */
  scopes: {
    'users:read': 'read and list users',
    'users:write': 'create, change, delete and restore users',
    'users:export': 'import and export users',
    'users:audit': 'read what happened to users, and list the deleted ones',
    'users:erase': 'delete users for good',
  },
  /**
   * Codes are a promise to clients: add some, never rename or remove one. `rows.ts` says when
   * each is answered.
   */
  problems: {
    'no-users': { status: 404, title: 'No users' },
    'user-not-found': { status: 404, title: 'No such user' },
    'email-taken': { status: 409, title: 'Email taken' },
  },
} as const
