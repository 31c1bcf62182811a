import { glob, readFile } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { pathToFileURL } from 'node:url'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { CommandError } from '../command/command.ts'

/**
 * Throws CommandError for what GitHub's own language service finds wrong: unknown keys, contexts, outputs
 * and jobs.
 */
export async function workflowsAreClean(pattern = '.github/workflows/*.yml'): Promise<void> {
  const validate = await loadValidator()
  const faults: string[] = []
  for await (const file of glob(pattern)) {
    const text = await readFile(file, 'utf8')
    // It caches files by their address.
    const uri = pathToFileURL(file).href
    for (const { message, range } of await validate(TextDocument.create(uri, 'yaml', 1, text))) {
      faults.push(`${file}:${range.start.line + 1}: ${message}`)
    }
  }
  if (faults.length > 0) {
    throw new CommandError(faults.join('\n'))
  }
}

/** The package imports JSON in a way that only bundlers understand: https://github.com/actions/languageservices/issues/387 */
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
