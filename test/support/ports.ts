import { expect } from 'vitest'
import { isFree } from '../../scripts/ports.ts'

/** In the end: the moment a port is free, another test's command may take it for its own run. */
export const expectFree = (port: number) =>
  expect.poll(() => isFree(port), { message: `port ${port}`, timeout: 30_000 }).toBe(true)
