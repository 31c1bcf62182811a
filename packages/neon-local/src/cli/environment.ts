/** Where libpq and `pg` go when a connection string leaves something open. */
const misleading = /^PG(?!PASSWORD$|PASSFILE$)/i

/**
 * Takes out of this process what a shell holds for other databases. Gives the environment as it was,
 * for a program that is started.
 */
export function setPostgresVariablesAside(): NodeJS.ProcessEnv {
  const environment = { ...process.env }
  for (const name of Object.keys(process.env).filter((each) => misleading.test(each))) {
    delete process.env[name]
  }
  return environment
}
