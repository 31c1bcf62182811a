import { DatabaseError } from 'pg'
import { wrongPassword } from './credentials.ts'
import { Refusal } from './problem-bodies.ts'

/** A failure to log in. Only here does Neon answer 500, so a caller knows that no statement ran. */
export async function loginRefusal(
  error: unknown,
  user: string,
  hasExpired: (user: string) => Promise<boolean>,
): Promise<Refusal> {
  if (!(error instanceof DatabaseError) || !error.code) {
    return new Refusal(500, "Couldn't connect to compute node")
  }
  // Unknown user and wrong password read the same, so that users cannot be enumerated.
  if (isUnknownRole(error) || (error.code === '28P01' && !(await hasExpired(user)))) {
    return wrongPassword(user)
  }
  return new Refusal(error.code === '3D000' ? 400 : 500, error.message, error)
}

/** What PostgreSQL says where it asks for no password. A role that may not log in has this code too. */
function isUnknownRole({ code, message }: DatabaseError): boolean {
  return code === '28000' && message.endsWith('does not exist')
}
