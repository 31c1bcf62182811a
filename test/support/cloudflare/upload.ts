import type { Binding, Upload, Version } from './state.ts'

type Metadata = {
  main_module: string
  compatibility_date?: string
  compatibility_flags?: string[]
  bindings?: Binding[]
  keep_bindings?: string[]
  annotations?: Record<string, string>
}

/** The form of wrangler's `createWorkerUploadForm`. */
export async function readUpload(
  contentType: string,
  body: Buffer<ArrayBuffer>,
): Promise<{ upload: Upload; keeps: string[] }> {
  const form = await new Response(body, { headers: { 'Content-Type': contentType } }).formData()
  const metadata: Metadata = JSON.parse(String(form.get('metadata')))
  const files = [...form].filter(
    ([name, value]) => name !== 'metadata' && typeof value !== 'string',
  )
  const modules = await Promise.all(
    files.map(async ([name, file]) => {
      const { type, content } = await contentOf(file)
      return { name, type, content }
    }),
  )
  return {
    keeps: metadata.keep_bindings ?? [],
    upload: {
      mainModule: metadata.main_module,
      modules: modules.filter(({ type }) => type !== 'application/source-map'),
      compatibilityDate: metadata.compatibility_date ?? '2021-11-02',
      compatibilityFlags: metadata.compatibility_flags ?? [],
      bindings: metadata.bindings ?? [],
      annotations: definedOf(metadata.annotations ?? {}),
    },
  }
}

async function contentOf(file: File | string): Promise<{ type: string; content: Buffer }> {
  return typeof file === 'string'
    ? { type: 'text/plain', content: Buffer.from(file) }
    : { type: file.type, content: Buffer.from(await file.arrayBuffer()) }
}

const definedOf = (annotations: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(annotations).flatMap(([key, value]) => (value ? [[key, value]] : [])),
  )

/**
 * What is not in the upload is inherited from the newest version, deployed or not: secrets that
 * `keep_bindings` names, and each `inherit` by name.
 */
export function resolveBindings(
  upload: Upload,
  keeps: readonly string[],
  previous: Version | undefined,
): { secrets: Record<string, string>; bindings: Binding[]; missing: string[] } {
  const secrets = keeps.includes('secret_text') ? { ...previous?.secrets } : {}
  const bindings: Binding[] = []
  const missing: string[] = []

  for (const binding of upload.bindings) {
    const { name, type, text } = binding
    const inherited = previous?.bindings.find((each) => each.name === name)
    const secret = previous?.secrets[name]
    delete secrets[name]
    if (type === 'secret_text') {
      secrets[name] = text ?? ''
    } else if (type !== 'inherit') {
      bindings.push(binding)
    } else if (secret !== undefined) {
      secrets[name] = secret
    } else if (inherited) {
      bindings.push(inherited)
    } else {
      missing.push(name)
    }
  }
  return { secrets, bindings, missing }
}
