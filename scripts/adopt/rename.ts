import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { parseArgs } from 'node:util'
import { runChild } from '../command/child.ts'
import { CommandError, exitCodes, runCommand, usageError } from '../command/command.ts'
import { signsOfDeploy } from './deployed.ts'
import { faultOfName, formsOf, formWithin, type RenameRules, renamer } from './name.ts'
import { reportOf } from './report.ts'

const usage = 'Usage: npm run rename -- NAME [--deployed | --not-deployed]'

/** They tell what was: who wrote this code, and what earlier versions were called. */
const history = ['LICENSE', 'CHANGELOG.md']

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { deployed: { type: 'boolean' }, 'not-deployed': { type: 'boolean' } },
    })
    const [to, ...others] = positionals
    if (to === undefined || others.length > 0) {
      throw new TypeError('Give the new name, and nothing else.')
    }
    const fault = faultOfName(to)
    if (fault !== undefined) {
      throw new TypeError(fault)
    }
    const { deployed = false, 'not-deployed': notDeployed = false } = values
    if (deployed && notDeployed) {
      throw new TypeError('It is deployed or it is not: give one of the two.')
    }
    return { to, isDeployed: deployed, isCertain: deployed || notDeployed }
  } catch (error) {
    throw usageError(error, usage)
  }
}

const refuse = (message: string) => new CommandError(message, exitCodes.configuration)

const git = async (...args: string[]) => (await runChild('git', args)).stdout

/** So that `git diff` shows the rename alone, and `git restore .` takes it back. */
async function demandCleanTree(): Promise<void> {
  const changes = await git('status', '--porcelain', '--', '.').catch(() => {
    throw refuse(
      'This folder is no git repository, so the rename could not be looked through or taken back. ' +
        'Run `git init && git add . && git commit -m "Begin"` first.',
    )
  })
  if (changes !== '') {
    throw refuse(
      `There are changes that are in no commit:\n${changes}Commit them, or \`git stash -u\` them, and ` +
        'run this again: then `git diff` shows the rename alone.',
    )
  }
}

/** Of a migration that a database has, not a letter may change. */
function demandCertainty(group: string): void {
  const signs = signsOfDeploy()
  if (signs.length > 0) {
    throw refuse(
      `This project may have been deployed: ${signs.join(', ')}. A database that was migrated ` +
        `knows the group of roles ${group} and the hash of the migration that makes it, and callers may ` +
        'have keys. With `--deployed` the group, the migrations and the prefix of the keys stay as ' +
        'they are. Say `--not-deployed` if no database but that of `npm run dev` was ever migrated.',
    )
  }
}

async function tracked(): Promise<Map<string, string>> {
  const files = (await git('ls-files', '-z')).split('\0')
  const texts = files.filter((file) => file !== '' && !history.includes(file) && existsSync(file))
  return new Map(texts.map((file) => [file, readFileSync(file, 'utf8')]))
}

/** Or the next rename could not tell the name from the word. */
function demandNewWord(texts: Map<string, string>, rules: RenameRules): void {
  for (const [file, text] of texts) {
    const form = formWithin(text, rules)
    if (form !== undefined) {
      throw refuse(
        `"${form}" stands in ${file} already, and means something else. Choose another name.`,
      )
    }
  }
}

/** A name of another length breaks lines elsewhere. */
async function format(files: readonly string[]): Promise<void> {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
  const args = [
    biome,
    'check',
    '--write',
    '--linter-enabled=false',
    '--files-ignore-unknown=true',
    ...files,
  ]
  await runChild(process.execPath, args)
}

await runCommand(async () => {
  const { to, isDeployed, isCertain } = readArguments()
  const from: string = JSON.parse(readFileSync('package.json', 'utf8')).name
  if (to === from) {
    throw refuse(`The project is called ${to} already.`)
  }
  await demandCleanTree()
  if (!isCertain) {
    demandCertainty(`${formsOf(from).underscores}_worker`)
  }
  const rules = { from, to, isDeployed }
  const texts = await tracked()
  demandNewWord(texts, rules)

  const rename = renamer(rules)
  const renamed = [...texts].map(([file, text]) => ({ file, text, now: rename(text) }))
  const changed = renamed.filter(({ text, now }) => now !== text)
  for (const { file, now } of changed) {
    writeFileSync(file, now)
  }
  await format(changed.map(({ file }) => file))
  console.log(reportOf(rules, changed.length))
})
