import { createRequire } from 'node:module'

/**
 * Required and not imported: of an imported package Node parses the `exports` again for every one of
 * its modules, and drizzle-orm, which drizzle-kit loads, has 447 of them. That takes two seconds.
 */
const api: typeof import('drizzle-kit/api') = createRequire(import.meta.url)('drizzle-kit/api')

export const { generateDrizzleJson, generateMigration } = api
