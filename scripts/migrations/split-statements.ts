/** What holds a semicolon, or a word, that is none; in the order in which they must be tried. */
const tokens = [
  /--[^\n]*/y,
  /\/\*/y,
  /(?<![\w$])e'(?:\\.|''|[^'\\])*'?/isy,
  /'(?:''|[^'])*'?/y,
  /"(?:""|[^"])*"?/y,
  /(?<![\w$\u0080-\uffff])\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/iy,
  /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/iy,
  /[\s\S]/y,
] as const

/** Of a function or procedure whose body is SQL itself: `begin atomic …; …; end`. */
const hasBody = /^\s*create\s+(?:or\s+replace\s+)?(?:function|procedure)\b/i

/**
 * The statements of a script, without their comments and their semicolons, as psql would send them.
 *
 * For checks alone: what cannot be told apart stays together. PostgreSQL gets the text as it stands.
 */
export function splitStatements(script: string): string[] {
  const statements: string[] = []
  let statement = ''
  let parentheses = 0
  let blocks = 0
  const end = () => {
    statements.push(statement.trim())
    statement = ''
    parentheses = 0
    blocks = 0
  }

  for (const token of tokensOf(script)) {
    if (token.startsWith('--') || token.startsWith('/*')) {
      statement += ' '
      continue
    }
    if (token === ';' && parentheses === 0 && blocks === 0) {
      end()
      continue
    }
    parentheses = Math.max(0, parentheses + (token === '(' ? 1 : token === ')' ? -1 : 0))
    blocks = parentheses > 0 ? blocks : Math.max(0, blocks + opens(token, statement, blocks))
    statement += token
  }
  end()
  return statements.filter((text) => text !== '')
}

/** Words, marks, and as one token each: texts, quoted names and comments. */
export function* tokensOf(script: string): Generator<string> {
  for (let at = 0; at < script.length; ) {
    const token = readToken(script, at)
    at += token.length
    yield token
  }
}

/** How many blocks a word opens or, below 0, closes. `case` ends with the same word as they do. */
function opens(token: string, before: string, blocks: number): number {
  switch (token.toLowerCase()) {
    case 'atomic':
      return hasBody.test(before) && /\bbegin\s+$/i.test(before) ? 1 : 0
    case 'case':
      return blocks > 0 ? 1 : 0
    case 'end':
      return -1
    default:
      return 0
  }
}

function readToken(script: string, at: number): string {
  for (const pattern of tokens) {
    pattern.lastIndex = at
    const [token] = pattern.exec(script) ?? []
    if (token === '/*') {
      return script.slice(at, endOfComment(script, at))
    }
    if (token?.startsWith('$') && token.length > 1) {
      const close = script.indexOf(token, at + token.length)
      return close < 0 ? script.slice(at) : script.slice(at, close + token.length)
    }
    if (token !== undefined) {
      return token
    }
  }
  return script.slice(at)
}

/** Comments of this kind nest. */
function endOfComment(script: string, start: number): number {
  let depth = 0
  for (const { 0: mark, index } of script.slice(start).matchAll(/\/\*|\*\//g)) {
    depth += mark === '/*' ? 1 : -1
    if (depth === 0) {
      return start + index + mark.length
    }
  }
  return script.length
}
