import { defineConfig } from 'drizzle-kit'
import { loadSettings } from './scripts/command/settings.ts'

loadSettings()

// biome-ignore lint/style/noDefaultExport: drizzle-kit reads the default export.
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/*/table.ts',
  out: './drizzle',
  casing: 'snake_case',
  dbCredentials: {
    url: process.env['DATABASE_URL_DIRECT'] ?? process.env['DATABASE_URL'] ?? '',
  },
})
