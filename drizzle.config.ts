import { defineConfig } from 'drizzle-kit'
import { ownersUrlOfDrizzleKit } from './scripts/migrations/drizzle-kit-url.ts'

// biome-ignore lint/style/noDefaultExport: drizzle-kit reads the default export.
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/*/table.ts',
  out: './drizzle',
  casing: 'snake_case',
  dbCredentials: { url: ownersUrlOfDrizzleKit() },
})
