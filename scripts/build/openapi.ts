import { writeFile } from 'node:fs/promises'
import { contractFile, contractText } from '../check/contract.ts'

await writeFile(contractFile, contractText)
