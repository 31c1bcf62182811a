import { glob, readFile } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { CommandError } from '../command/command.ts'

/**
 * Throws CommandError for what GitHub's own language service finds wrong: keys that do not exist,
 * contexts, outputs and jobs that are not there.
 */
export async function workflowsAreClean(pattern = '.github/workflows/*.yml'): Promise<void> {
  const validate = await loadValidator()
  const faults: string[] = []
  for await (const file of glob(pattern)) {
    const text = await readFile(file, 'utf8')
    // It remembers what it has read by its address.
    const uri = pathToFileURL(file).href
    for (const { message, range } of await validate(TextDocument.create(uri, 'yaml', 1, text))) {
      faults.push(`${file}:${range.start.line + 1}: ${message}`)
    }
  }
  if (faults.length > 0) {
    throw new CommandError(faults.join('\n'))
  }
}

/** The package imports its JSON as only a bundler does: https://github.com/actions/languageservices/issues/387 */
async function loadValidator() {
  const hooks = registerHooks({
    load: (url, context, next) =>
      next(
        url,
        url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context,
      ),
  })
  try {
    return (await import('@actions/languageservice')).validate
  } finally {
    hooks.deregister()
  }
}
