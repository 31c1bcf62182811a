import { parseArgs } from 'node:util'
import { exitCodes, runCommand, usageError } from '../command/command.ts'
import { deletePreview } from './wrangler.ts'

type PreviewOptions = { name: string; delete: boolean }

/** Throws CommandError. */
function readOptions(): PreviewOptions {
  try {
    const { values } = parseArgs({
      options: {
        name: { type: 'string', default: '' },
        delete: { type: 'boolean', default: false },
      },
    })
    if (!/^[a-z0-9][a-z0-9-]{0,61}$/.test(values.name)) {
      throw new TypeError(
        '--name must say which preview, such as pr-12: at most 62 small letters, digits and hyphens.',
      )
    }
    return values
  } catch (error) {
    throw usageError(error, 'Usage: npm run preview -- --name NAME [--delete]')
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(exitCodes.failed))
}

await runCommand(async () => {
  const { name, delete: isToGo } = readOptions()
  if (isToGo) {
    const wasThere = await deletePreview(name)
    console.log(wasThere ? `The preview ${name} is gone.` : `There is no preview ${name}.`)
  } else {
    // It loads wrangler, which takes its time, and nothing else needs that.
    const { createPreview } = await import('./create.ts')
    await createPreview(name)
  }
})
