import { linkProject } from './project.ts'
import { startProxy } from './proxy.ts'
import { test as base } from './shared-test.ts'

/** For the commands about users: a `project` to run them in, and a `proxy` in front of the `service`. */
export const test = base
  .extend('proxy', async ({ service }, { onCleanup }) => {
    const proxy = await startProxy(service.url)
    onCleanup(() => proxy.close())
    return proxy
  })
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from the pattern.
  .extend('project', async ({}, { onCleanup }) => {
    const project = await linkProject()
    onCleanup(() => project.remove())
    return project
  })
