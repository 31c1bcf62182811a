/**
 * What the rest of the service must know about users at run time; `contract.ts` explains it to
 * people.
 */
export const users = {
  /**
   * Read and change single users, take them all in and out, see what happened to them and who was deleted,
   * and remove for good.
   */
  scopes: ['users:read', 'users:write', 'users:export', 'users:audit', 'users:erase'],
  /** Codes are a promise to clients: add some, never rename or remove one. */
  problems: {
    'no-users': { status: 404, title: 'No users' },
    'user-not-found': { status: 404, title: 'No such user' },
    'email-taken': { status: 409, title: 'Email taken' },
  },
} as const
