import { encodingName } from './encoding.ts'
import { separatorsName } from './layout.ts'
import { shown } from './shown.ts'
import { readSource, type Source } from './source.ts'
import type { User } from './users.ts'

/**
 * Reads the whole file, and says how, with its first user as an example: before anything is sent, so
 * that nothing is sent of a file whose quotes do not match. Throws CommandError.
 */
export async function understand(source: Source): Promise<string> {
  let records = 0
  let otherwise = 0
  let first: User | undefined
  for await (const some of readSource(source, source.file.chunks())) {
    first ??= some.find(({ user }) => user?.name && user.email)?.user
    records += some.length
    otherwise += some.filter(({ separator }) => separator !== undefined).length
  }
  const { encoding, layout } = source
  const file = source.file.name
  const count = `${records} record${records === 1 ? '' : 's'}`
  if (!layout) {
    return `${file} is NDJSON in ${encodingName(encoding)}, with ${count}.`
  }
  const { separator, header, columns } = layout
  const named = (cells: readonly number[]) =>
    cells.map((at) => `"${shown(header[at] ?? '')}"`).join(' + ')
  const lines = [
    `${file} is CSV in ${encodingName(encoding)}, separated by ${separatorsName(separator)}, with ${count}.`,
    `  name: ${columns.name.map(named).join(', else ')}`,
    `  email: ${named([columns.email])}`,
    otherwise > 0 ? `  Separated otherwise than the header: ${otherwise} of them.` : undefined,
    first && `  The first user: ${shown(first.name)}, ${shown(first.email)}`,
  ]
  return lines.filter((line) => line !== undefined).join('\n')
}
