import type { Project } from './project.ts'

/** Runs `scripts/db/<command>.ts` on a database, to its end. */
export async function runOn(
  database: { url: string },
  project: Pick<Project, 'run'>,
  command: string,
  ...options: string[]
): Promise<{ code: number | string; output: string }> {
  const { ended, output } = project.run('node', [`scripts/db/${command}.ts`, ...options], {
    DATABASE_URL: database.url,
  })
  const code = await ended
  return { code, output: output() }
}
