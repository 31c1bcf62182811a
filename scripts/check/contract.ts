import { readFile } from 'node:fs/promises'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { openapi } from '../../src/openapi.ts'
import { CommandError } from '../command/command.ts'

export const contractFile = 'openapi.json'

/** What an editor does not show, and what might change the direction of a text. */
const unseen = /(?![ \n])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/gu

const asEscape = (character: string) =>
  `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

export const contractText = `${JSON.stringify(openapi, null, 2).replaceAll(unseen, asEscape)}\n`

export async function contractIsWritten() {
  const written = await readFile(contractFile, 'utf8').catch(() => '')
  if (written !== contractText) {
    throw new CommandError(
      `${contractFile} is not what src/openapi.ts says: run \`npm run openapi\`.`,
    )
  }
}

/** `/` leads to `/docs` and answers nothing else. */
const exceptions = ['#/paths/~1/get/responses operation-2xx-response']

/** By Redocly's strictest rules. They read this text alone: no file, no network. */
export async function contractIsClean() {
  const config = await createConfig({ extends: ['recommended-strict'] })
  const found = await lintFromString({ source: contractText, absoluteRef: contractFile, config })
  const faults = found
    .map(({ ruleId, message, location: [at] }) => ({ at: `${at?.pointer} ${ruleId}`, message }))
    .filter(({ at }) => !exceptions.includes(at))
    .map(({ at, message }) => `${at}: ${message}`)

  if (faults.length > 0) {
    throw new CommandError(`Redocly finds fault with ${contractFile}:\n${faults.join('\n')}`)
  }
}
