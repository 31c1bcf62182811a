import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applyBlocks } from './document-blocks.ts'
import type { ProjectCopy } from './project-copy.ts'

const list = 'docs/adopting.md'

/** The pages of the parts that docs/adopting.md takes out, in its order. */
export const removals = [
  ...(await readFile(list, 'utf8')).matchAll(/^- \[.+\]\((taking-out\/[\w-]+\.md)\)$/gm),
].map(([, page = '']) => page)

/** What is to be run afterwards. Packages stay installed: the copy has those of this project. */
const isSkipped = (line: string) => /^(?:npm (?:install|run|test)|git grep)\b/.test(line)

/** Does to a copy what the page says: its commands, then its diffs. Then the page goes. */
export async function takeOut(page: string, { directory, run }: ProjectCopy): Promise<void> {
  const text = await readFile(join('docs', page), 'utf8')
  for (const [, block = ''] of text.matchAll(/^```sh\n(.*?)^```$/gms)) {
    const commands = block.split('\n').filter((line) => !isSkipped(line))
    await run('sh', '-ec', commands.join('\n'))
  }
  // Of files that another part has taken out nothing is left to change.
  const files = text
    .split(/^(?=`[\w./-]+`\n\n```diff$)/m)
    .filter((each) => existsSync(join(directory, /^`([^`]+)`/.exec(each)?.[1] ?? '')))
  await applyBlocks(files.join(''), directory)

  await rm(join(directory, 'docs', page))
  const lists = join(directory, list)
  const left = (await readFile(lists, 'utf8')).replace(new RegExp(`^- .*\\(${page}\\)\\n`, 'm'), '')
  await writeFile(lists, left)
}
