import { readFile } from 'node:fs/promises'

export type RecordedRequest = {
  method: string
  path: string
  /** null for none, a list for a header that comes twice. */
  connectionString: string | string[] | null
  headers: Record<string, string | string[]>
  body: Buffer
  isChunked: boolean
  /** How many columns of each row hold on every machine. */
  comparedColumns: number
}

export type Answer = { status: number; headers: object; body: unknown }

export type RecordedGroup = { name: string; steps: { request: RecordedRequest; answer: Answer }[] }

export const recordedAnswers = new URL('../recorded-answers/', import.meta.url)

/** Reads a file whose form the README beside it describes. */
export async function readRecordedAnswers(file: string, db: string): Promise<RecordedGroup[]> {
  const text = await readFile(new URL(`${file}.txt`, recordedAnswers), 'utf8')
  return text.replaceAll('{db}', db).trimEnd().split('\n\n').map(toGroup)
}

function toGroup(text: string): RecordedGroup {
  const [title = '', ...lines] = text.split('\n')
  const steps: RecordedGroup['steps'] = []
  let request = toRequest({})
  let headers = usualHeaders
  for (const line of lines) {
    const rest = line.slice(2)
    if (line.startsWith('>')) {
      request = toRequest(JSON.parse(rest))
      headers = usualHeaders
    } else if (line.startsWith(':')) {
      headers = JSON.parse(rest)
    } else {
      const body = toBody(JSON.parse(rest.slice(4)))
      steps.push({ request, answer: { status: Number(rest.slice(0, 3)), headers, body } })
    }
  }
  return { name: title.slice(2), steps }
}

const usualHeaders = { 'content-type': 'application/json', 'access-control-allow-origin': '*' }

type ShortRequest = Partial<Omit<RecordedRequest, 'body'>> & {
  query?: string
  params?: unknown[]
  body?: string | { base64: string }
}

function toRequest({ query, params = [], body = '', ...rest }: ShortRequest): RecordedRequest {
  const text = query === undefined ? body : JSON.stringify({ query, params })
  return {
    method: 'POST',
    path: '/sql',
    connectionString: 'postgresql://app:app-pw@localhost/answers',
    headers: { 'Neon-Raw-Text-Output': 'true', 'Neon-Array-Mode': 'true' },
    isChunked: false,
    comparedColumns: Infinity,
    ...rest,
    body: typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.base64, 'base64'),
  }
}

type ShortResult = { fields: object[] }
type ShortBody = string | { message: string } | { results: ShortResult[] } | ShortResult

function toBody(body: ShortBody): unknown {
  if (typeof body === 'string') {
    return body
  }
  if ('message' in body) {
    return { ...unsetError, ...body }
  }
  return 'results' in body ? { results: body.results.map(toResult) } : toResult(body)
}

/** In the order in which Neon sends them. */
const unsetError = {
  message: '',
  code: '',
  detail: null,
  hint: null,
  position: null,
  internalPosition: null,
  internalQuery: null,
  severity: '',
  where: null,
  table: null,
  column: null,
  schema: null,
  dataType: null,
  constraint: null,
  file: null,
  line: null,
  routine: null,
}

const unsetField = {
  name: '',
  dataTypeID: 0,
  tableID: 0,
  columnID: 0,
  dataTypeSize: 0,
  dataTypeModifier: -1,
  format: 'text',
}

function toResult(result: ShortResult): unknown {
  return { ...result, fields: result.fields.map((field) => ({ ...unsetField, ...field })) }
}
