import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const names = { package: 'leaves-a-file', mark: 'postinstall-ran' }

const npm = (cwd: string, args: readonly string[], env: NodeJS.ProcessEnv) =>
  promisify(execFile)('npm', [...args], { cwd, env })

/**
 * Installs a package whose postinstall script leaves a file, into a project with our `.npmrc` and our
 * `package.json` but for its packages. Resolves with whether the script ran.
 */
export async function doesScriptRun(
  folder: string,
  env: NodeJS.ProcessEnv,
  ...options: string[]
): Promise<boolean> {
  const source = join(folder, 'source')
  const project = join(folder, 'project')
  const { dependencies, devDependencies, optionalDependencies, ...own } = JSON.parse(
    await readFile('package.json', 'utf8'),
  )
  await mkdir(source, { recursive: true })
  await mkdir(project)
  await writeFile(
    join(source, 'package.json'),
    JSON.stringify({
      name: names.package,
      version: '1.0.0',
      scripts: { postinstall: `touch ${names.mark}` },
    }),
  )
  await npm(source, ['pack'], env)
  await cp(resolve('.npmrc'), join(project, '.npmrc'))
  await writeFile(join(project, 'package.json'), JSON.stringify(own))
  await npm(
    project,
    ['install', '--offline', ...options, join(source, `${names.package}-1.0.0.tgz`)],
    env,
  )
  return existsSync(join(project, 'node_modules', names.package, names.mark))
}
