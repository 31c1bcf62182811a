import { expect } from 'vitest'
import type { Service } from './service.ts'

/**
 * Waits until the feed shows the newest event of a user. That takes until all transactions of the cluster have
 * ended that began to write before it, also those of other tests.
 */
export async function feedShows(service: Pick<Service, 'request'>, userId: number): Promise<void> {
  const { body } = await service.request('GET', `/users/${userId}/history?limit=1`)
  const [newest] = body as object[]
  await expect
    .poll(async () => (await service.request('GET', `/events?userId=${userId}`)).body)
    .toContainEqual(newest)
}
