import { STATUS_CODES } from 'node:http'
import { problemTexts } from '../src/contracts.ts'
import { problemCodes } from '../src/openapi/problems.ts'
import { type ProblemCode, problems } from '../src/problem-statuses.ts'

/** What one problem means and what to do about it. */
export function problemPage(code: ProblemCode): string {
  const { status, title } = problems[code]
  const { meaning, mend } = problemTexts[code]

  return page(
    title,
    `<h1>${title}</h1>
      <p class="status">${status} ${STATUS_CODES[status]} · <code>/problems/${code}</code></p>
      <h2>What it means</h2>
      <p>${toHtml(meaning)}</p>
      <h2>What to do</h2>
      <ul>
        ${mend.map((step) => `<li>${toHtml(step)}</li>`).join('\n        ')}
      </ul>`,
  )
}

/** Every problem, by status. */
export function problemList(): string {
  const rows = problemCodes.map((code) => {
    const { status, title } = problems[code]
    return `<tr><td>${status}</td><td><a href="/problems/${code}">${title}</a></td><td><code>${code}</code></td></tr>`
  })

  return page(
    'Problems',
    `<h1>Problems</h1>
      <p>Every error is a problem of RFC 9457: a JSON body of the type
        <code>application/problem+json</code>. Its <code>type</code> is the path of one of these
        pages. Programs decide by <code>type</code>; <code>title</code> and <code>detail</code> are
        for people, and <code>instance</code> is the id of the request in the log.</p>
      <table>
        <thead><tr><th>Status</th><th>Problem</th><th>Code</th></tr></thead>
        <tbody>
          ${rows.join('\n          ')}
        </tbody>
      </table>`,
  )
}

const page = (title: string, main: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · edge-users</title>
    <link rel="icon" href="/docs/icon.svg">
    <link rel="stylesheet" href="/docs/problems.css">
  </head>
  <body>
    <main>
      <nav><a href="/docs">API</a> · <a href="/problems">Problems</a></nav>
      ${main}
    </main>
  </body>
</html>
`

/** The texts are our own, and know two signs: \`code\` and [a link](/path). */
const toHtml = (text: string) =>
  text
    .replace(/`([^`]+)`/g, '<code>$1</code>')
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, '<a href="$2">$1</a>')
