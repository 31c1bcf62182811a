import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A code block of a document that says what becomes of a file, and the line before it that names it. */
const block = /^(?:`([\w./-]+)`\n\n)?```(ts|diff)\n([\s\S]*?)^```$/gm

/**
 * Does to the project in `directory` what a document says: a block of TypeScript is a whole file, and one
 * of a diff changes the file that was named last.
 */
export async function applyBlocks(document: string, directory: string): Promise<string[]> {
  let file = ''
  const files = new Set<string>()
  for (const [, name, kind, text = ''] of document.matchAll(block)) {
    file = name ?? file
    files.add(file)
    const path = join(directory, file)
    if (kind === 'ts') {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
    } else {
      await writeFile(path, changed(await readFile(path, 'utf8'), text, file))
    }
  }
  return [...files]
}

/** Throws when the lines that the diff goes out from stand nowhere, or twice. */
function changed(text: string, diff: string, file: string): string {
  const lines = diff.split('\n').slice(0, -1)
  const side = (marks: string) =>
    lines
      .filter((line) => marks.includes(line.charAt(0)))
      .map((line) => `${line.slice(1)}\n`)
      .join('')
  const [before, after] = [side(' -'), side(' +')]
  if (text.split(before).length !== 2) {
    throw new Error(`These lines of the document stand not once in ${file}:\n${before}`)
  }
  return text.replace(before, () => after)
}
