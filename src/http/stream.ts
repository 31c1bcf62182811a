import type { Context } from 'hono'
import { contextToKeep } from '../context.ts'
import { ServiceError } from '../errors.ts'
import type { PlaceEnv } from './few-at-once.ts'
import { logBreak } from './log.ts'

/** For a client to read a page. Otherwise one that stops reading would keep its place for ever. */
const maxPatienceMs = 30_000

/** How long a place is kept between two pages: while one is made, and while one is read. */
export const streamTermMs = 2 * maxPatienceMs

/**
 * Sends the pages one by one, as the client reads them. The first is made before the answer begins,
 * so that its failure is an ordinary problem. A later failure breaks off the connection, so that a
 * cut answer never looks complete. The request's place is freed at the end.
 */
export async function streamPages<Page>(
  c: Context<PlaceEnv>,
  mediaType: string,
  pages: AsyncGenerator<Page, undefined>,
  write: (page: Page, isFirst: boolean) => string,
  patienceMs = maxPatienceMs,
): Promise<Response> {
  const headers = { 'Content-Type': `${mediaType}; charset=utf-8` }
  const encode = (page: Page, isFirst: boolean) => new TextEncoder().encode(write(page, isFirst))
  const first = await pages.next()
  if (c.req.method === 'HEAD') {
    // A body would be neither read nor cancelled.
    return c.body(null, 200, headers)
  }
  // The runtime asks for the other pages, outside the request.
  const inContext = contextToKeep()
  const place = c.get('place')
  c.set('place', undefined)

  let isOver = false
  let forgetTimer = () => {}

  const end = () => {
    isOver = true
    forgetTimer()
    place?.free()
  }
  const breakOff = (controller: ReadableStreamDefaultController, error: unknown) => {
    end()
    logBreak(c, error)
    // Not the error itself, because the runtime logs its message.
    controller.error(new Error('The answer broke off.'))
  }
  const send = (controller: ReadableStreamDefaultController, page: Page, isFirst: boolean) => {
    controller.enqueue(encode(page, isFirst))
    const timer = setTimeout(() => {
      breakOff(controller, readerLate())
      void pages.return(undefined)
    }, patienceMs)
    forgetTimer = () => clearTimeout(timer)
  }

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (!first.done) {
        send(controller, first.value, true)
      }
    },
    async pull(controller) {
      forgetTimer()
      try {
        if (place?.take(0) === false) {
          throw readerLate()
        }
        const { done, value } = await inContext(() => pages.next())
        if (isOver) {
          return
        }
        if (done) {
          end()
          controller.close()
        } else {
          send(controller, value, false)
        }
      } catch (error) {
        if (!isOver) {
          breakOff(controller, error)
        }
      }
    },
    // The client has gone away, which is no failure.
    async cancel() {
      end()
      await pages.return(undefined)
    },
  })
  return c.body(body, 200, headers)
}

const readerLate = () =>
  new ServiceError('busy', 'The client took nothing for too long.', { reason: 'reader late' })
