import { makeWorkerRole } from '../../scripts/postgres/worker-role.ts'

const name = 'worker_of_the_tests'
const password = 'worker'

/** Once for each server: a role belongs to all of its databases. */
export const makeTestRole = (ownerUrl: string) => makeWorkerRole(ownerUrl, name, password)

/** The same database, as the Worker's role in place of the owner. */
export const asWorker = (ownerUrl: string): string =>
  Object.assign(new URL(ownerUrl), { username: name, password }).href
