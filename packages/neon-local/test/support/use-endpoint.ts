import { neonConfig } from '@neondatabase/serverless'

/** The driver's settings are those of the process: others may have set theirs. */
export function useEndpoint(url: string): void {
  neonConfig.fetchEndpoint = url
  neonConfig.fetchFunction = undefined
}
