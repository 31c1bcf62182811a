import { readFileSync } from 'node:fs'
import { join } from 'node:path'

type When = 'before' | 'after'

export type Fault = { kind: 'fail' | 'hang'; when: When; message?: string | undefined }

export type Call = {
  id: number
  args: string[]
  pid: number
  fault: Fault | undefined
  /** The request that took effect and whose answer was kept back: trying it again does nothing. */
  struck: string | undefined
  hangs: boolean
}

type Planned = Fault & { command: string; skip: number; times: number }

/** Every run of wrangler, and what shall go wrong with the next ones. */
export class Calls {
  readonly all: Call[] = []
  readonly planned: Planned[] = []
  readonly changes: string[] = []
  /** Of the deploy itself. */
  hangingRequests = 0
  readonly directory: string
  private readonly waiting: ((count: number) => void)[] = []

  constructor(directory: string) {
    this.directory = directory
  }

  start(args: string[], pid: number): Call {
    const fault = this.takeFault(args.join(' '))
    const call = { id: this.all.length, args, pid, fault, struck: undefined, hangs: false }
    this.all.push(call)
    return call
  }

  private takeFault(line: string): Fault | undefined {
    const planned = this.planned.find(
      ({ command, times }) => times > 0 && (line === command || line.startsWith(`${command} `)),
    )
    if (!planned) {
      return undefined
    }
    if (planned.skip > 0) {
      planned.skip -= 1
      return undefined
    }
    planned.times -= 1
    return { kind: planned.kind, when: planned.when, message: planned.message }
  }

  hang(call: Call): void {
    call.hangs = true
    this.tellHanging()
  }

  tellHanging(): void {
    for (const resolve of this.waiting.splice(0)) {
      resolve(this.hanging())
    }
  }

  readonly hanging = (): number =>
    this.hangingRequests + this.all.filter(({ hangs }) => hangs).length

  untilHanging(): Promise<number> {
    const count = this.hanging()
    return count > 0
      ? Promise.resolve(count)
      : new Promise((resolve) => {
          this.waiting.push(resolve)
        })
  }

  readonly exitFileOf = ({ id }: Pick<Call, 'id'>): string => join(this.directory, `exit-${id}`)

  exitCodeOf(call: Call): number | undefined {
    try {
      return Number(readFileSync(this.exitFileOf(call), 'utf8'))
    } catch {
      return undefined
    }
  }
}
