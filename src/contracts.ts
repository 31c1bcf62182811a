import { contract as health } from './health/contract.ts'
import { problemTexts as ofService } from './openapi/common-problem-texts.ts'
import type { Contract } from './openapi/document.ts'
import type { ProblemTexts } from './openapi/problems.ts'
import { contract as pages } from './pages/contract.ts'
import { resources } from './resources.ts'
import { contract as whoami } from './whoami/contract.ts'

const ofResources = await Promise.all(Object.keys(resources).map(contractOf))

/**
 * The contracts of all routes, in the order of the documentation. The Worker itself does not load
 * them.
 */
export const contracts: readonly Contract[] = [...ofResources, whoami, health, pages]

/** What each problem says and means. */
export const problemTexts: ProblemTexts = Object.assign(
  {},
  ofService,
  ...ofResources.map((contract) => contract.problems),
)

/** Throws TypeError, which says what is missing. */
async function contractOf(folder: string): Promise<Contract> {
  const file = `src/${folder}/contract.ts`
  const { contract }: { contract?: Contract } = await import(`./${folder}/contract.ts`).catch(
    (error: unknown) => {
      throw new TypeError(`${file} cannot be loaded, and src/resources.ts names it: ${error}`)
    },
  )
  if (!contract) {
    throw new TypeError(`${file} must export its contract under this name.`)
  }
  const codes = Object.keys(resources[folder as keyof typeof resources].problems)
  const unexplained = codes.find((code) => !contract.problems?.[code])
  if (unexplained !== undefined) {
    throw new TypeError(`${file} does not say what ${unexplained} means: add it to its problems.`)
  }
  // Elsewhere no credential would be asked for.
  const stray = Object.keys(contract.operations).find(
    (path) => !Object.hasOwn(resources, path.split('/')[1] ?? ''),
  )
  if (stray !== undefined) {
    throw new TypeError(`${file} has the path ${stray}, which must begin with that of a resource.`)
  }
  return contract
}
