import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applyBlocks } from './document-blocks.ts'
import type { ProjectCopy } from './project-copy.ts'

const [, chapter = ''] = (await readFile('docs/adopting.md', 'utf8')).split(/^## Take out .*$/m)
const sections = chapter
  .replace(/^## [\s\S]*/m, '')
  .split(/^### /m)
  .slice(1)

/** Each part that docs/adopting.md takes out, by its heading. */
export const removals = sections.map((text) => text.slice(0, text.indexOf('\n')))

/** What is to be run afterwards. Packages stay installed: the copy has those of this project. */
const isSkipped = (line: string) => /^(?:npm (?:install|run|test)|git grep)\b/.test(line)

/** Does to a copy what the section says: its commands, then its diffs. Then the section goes. */
export async function takeOut(part: string, { directory, run }: ProjectCopy): Promise<void> {
  const text = sections.find((each) => each.startsWith(`${part}\n`)) ?? ''
  for (const [, block = ''] of text.matchAll(/^```sh\n(.*?)^```$/gms)) {
    const commands = block.split('\n').filter((line) => !isSkipped(line))
    await run('sh', '-ec', commands.join('\n'))
  }
  // Of files that another part has taken out nothing is left to change.
  const files = text
    .split(/^(?=`[\w./-]+`\n\n```diff$)/m)
    .filter((each) => existsSync(join(directory, /^`([^`]+)`/.exec(each)?.[1] ?? '')))
  await applyBlocks(files.join(''), directory)
  const page = join(directory, 'docs/adopting.md')
  await writeFile(page, (await readFile(page, 'utf8')).replace(`### ${text}`, ''))
}
