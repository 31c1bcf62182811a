import type { Mode } from './options.ts'

export const usageText = (name: string): string =>
  `Usage: ${name} [OPTIONS] [-- PROGRAM...]\n\`${name} --help\` says more.`

export const helpText = ({ name, dataDir, database }: Mode): string =>
  `Usage: ${name} [OPTIONS] [-- PROGRAM...]

Serves a PostgreSQL database, and Neon's SQL over HTTP in front of it, on this machine alone. Prints
DATABASE_URL and NEON_ENDPOINT, and ends at Ctrl-C. With a PROGRAM it gives both to that as variables,
and ends with it and with its exit code: \`${name} -- npm test\`.

  --port N             Port of the endpoint; 0 for any that is free. [4444, or a free one]
  --postgres-port N    Port of PostgreSQL; 0 for any that is free. [5433, or a free one]
  --data-dir DIR       Keeps the data in DIR; --data for short. [${dataDir ?? 'a temporary folder, removed in the end'}]
  --database NAME      The database, made when it is missing. [${database}]
  --postgres-url URL   Starts no PostgreSQL: serves the endpoint in front of this one.
  --superuser          Prints SUPERUSER_URL too, for what Neon would refuse.
  --cors ORIGIN        Answers web pages of this origin, or of all with '*'. May be repeated.
  --log-sql            Prints every statement, never its values.
  --faults             Lets requests ask for faults: header Neon-Local-Fault, or /sql?fault=NAME.
  -q, --quiet          Prints the variables alone.
  -h, --help           Prints this.
  -v, --version        Prints the version.

It exits with 0 after Ctrl-C or SIGTERM, 1 after a failure, 2 for wrong options.`
