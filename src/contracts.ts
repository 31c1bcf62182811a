import { contract as health } from './health/contract.ts'
import { problemTexts as ofService } from './openapi/problem-texts.ts'
import type { ProblemTexts } from './openapi/problems.ts'
import { contract as pages } from './pages/contract.ts'
import { contract as users } from './users/contract.ts'

/** Of all who serve something, in the order of the documentation. The Worker itself knows none. */
export const contracts = [users, health, pages] as const

/** What each problem of them says and means. */
export const problemTexts: ProblemTexts = { ...ofService, ...users.problems }
