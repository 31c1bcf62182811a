import { writeFile } from 'node:fs/promises'
import { contractFile, contractText } from './contract.ts'

await writeFile(contractFile, contractText)
