import * as z from 'zod/mini'

export const UserImport = z.strictObject({
  /** What to do with a line whose email already exists. */
  onConflict: z._default(z.enum(['skip', 'update'], { error: 'must be skip or update' }), 'skip'),
})
export type UserImport = z.infer<typeof UserImport>
