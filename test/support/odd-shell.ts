/** What people have in their shells, and what must change nothing. */
export const oddShell = {
  CI: '1',
  CLICOLOR_FORCE: '1',
  CLOUDFLARE_ENV: 'staging',
  DEBUG: '*',
  FORCE_COLOR: '1',
  GIT_DIR: '/nowhere',
  LANG: 'de_DE.UTF-8',
  LC_ALL: 'C',
  NODE_ENV: 'production',
  NODE_OPTIONS: '--no-warnings',
  NO_COLOR: '1',
  PGHOSTADDR: '192.0.2.1',
  PGOPTIONS: '-c canary',
  PGSSLMODE: 'require',
  TZ: 'Pacific/Kiritimati',
  WRANGLER_LOG: 'none',
}
