/** What the rest of the house must know of users at run time; `contract.ts` explains it to people. */
export const users = {
  /** Read and change single users, or take them all in and out. */
  scopes: ['users:read', 'users:write', 'users:export'],
  /** Codes are for ever: add, never rename or remove. */
  problems: {
    'no-users': { status: 404, title: 'No users' },
    'user-not-found': { status: 404, title: 'No such user' },
    'email-taken': { status: 409, title: 'Email taken' },
  },
} as const
