import { existsSync } from 'node:fs'
import { formsOf, type RenameRules } from './name.ts'

/** What a rename did, and what it leaves for people. */
export function reportOf({ from, to, isDeployed }: RenameRules, files: number): string {
  const [old, now] = [formsOf(from), formsOf(to)]
  const kept = isDeployed
    ? `Left alone, because databases and callers have them: the group of roles, the migrations, the prefix of the keys.`
    : `API keys begin with ${now.joined}_, and the Worker's role belongs to ${now.underscores}_worker.`
  const left = [
    'package.json: the description. README.md: its first paragraph. SECURITY.md: whom to write to.',
    'wrangler.toml: host names and placements.',
    `Your shell, .dev.vars and the secrets of CI: ${old.capitals}_KEY is ${now.capitals}_KEY.`,
    ...(existsSync('.data')
      ? [
          `.data/: what is there stays in the database ${old.underscores}; \`npm run dev\` makes ${now.underscores}.`,
        ]
      : []),
    ...(isDeployed
      ? [
          'Cloudflare: the next deploy makes new Workers, which need the secrets and host names of the old ones.',
        ]
      : []),
    'LICENSE and CHANGELOG.md, which tell what was; the name of the folder and of the repository.',
    'Then run `npm run check && npm test`, and commit.',
  ]
  return `${from} is ${to} now, in ${files} files. ${kept}\n\nLeft for you:\n${left.map((each) => `- ${each}\n`).join('')}`
}
