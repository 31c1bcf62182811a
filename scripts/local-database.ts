/** What `npm run dev` and `npm run neon:local` serve, and where, as long as the ports are free. */
export const databaseName = 'edge_users'
export const preferredPorts = { postgres: 5433, neon: 4444 }

/** The text of a statement holds `$1` where its values go. */
export const logStatement = (statement: string, milliseconds: number) =>
  console.log(`sql ${milliseconds.toFixed(1)} ms: ${statement}`)
