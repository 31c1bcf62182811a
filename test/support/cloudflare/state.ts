import { randomUUID } from 'node:crypto'

/** A binding as the upload form of wrangler has it (`createWorkerUploadForm`). */
export type Binding = { name: string; type: string; text?: string; [key: string]: unknown }

type Module = { name: string; type: string; content: Buffer }

export type Upload = {
  mainModule: string
  modules: Module[]
  compatibilityDate: string
  compatibilityFlags: string[]
  bindings: Binding[]
  annotations: Record<string, string>
}

export type Version = Upload & {
  id: string
  /** From 1. */
  number: number
  createdOn: string
  tag: string | undefined
  message: string | undefined
  /** Values too: a test may look at them. */
  secrets: Record<string, string>
  broken: 'everywhere' | 'in production' | undefined
}

export type Deployment = {
  id: string
  createdOn: string
  versions: { version_id: string; percentage: number }[]
  annotations: Record<string, string>
}

export type Worker = {
  name: string
  /** What wrangler calls the Worker's tag: an id without hyphens. */
  tag: string
  versions: Version[]
  deployments: Deployment[]
  crons: string[]
  routes: string[]
  workersDev: boolean
  previews: boolean
  /** Non-versioned settings: observability, logpush, tags. */
  settings: Record<string, unknown>
}

type Breaking = { worker: string; how: 'everywhere' | 'in production' }

/** What Cloudflare remembers of one account. */
export class State {
  readonly workers = new Map<string, Worker>()
  readonly nextBroken: Breaking[] = []

  createWorker(name: string): Worker {
    const worker = {
      name,
      tag: randomUUID().replaceAll('-', ''),
      versions: [],
      deployments: [],
      crons: [],
      routes: [],
      workersDev: false,
      previews: false,
      settings: {},
    }
    this.workers.set(name, worker)
    return worker
  }

  addVersion(worker: Worker, upload: Upload, secrets: Record<string, string>): Version {
    const breaking = this.nextBroken.findIndex((each) => each.worker === worker.name)
    const [broken] = breaking === -1 ? [] : this.nextBroken.splice(breaking, 1)
    const version = {
      ...upload,
      id: randomUUID(),
      number: worker.versions.length + 1,
      createdOn: now(),
      tag: upload.annotations['workers/tag'],
      message: upload.annotations['workers/message'],
      secrets,
      broken: broken?.how,
    }
    worker.versions.push(version)
    return version
  }
}

export function deploy(
  worker: Worker,
  versions: Deployment['versions'],
  annotations: Record<string, string>,
): Deployment {
  const deployment = { id: randomUUID(), createdOn: now(), versions, annotations }
  worker.deployments.push(deployment)
  return deployment
}

export const isDeployed = (worker: Worker, id: string): boolean =>
  worker.deployments.at(-1)?.versions.some(({ version_id }) => version_id === id) ?? false

let last = 0

/** Cloudflare's times have microseconds, and wrangler sorts by them: no two are the same here. */
function now(): string {
  last = Math.max(Date.now() * 1000, last + 1)
  const milliseconds = Math.floor(last / 1000)
  const rest = String(last % 1000).padStart(3, '0')
  return new Date(milliseconds).toISOString().replace('Z', `${rest}Z`)
}
