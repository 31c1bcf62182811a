import { ServiceError } from '../errors.ts'

export const userNotFound = (id: number) =>
  new ServiceError('user-not-found', `There is no user with the id ${id}.`)
