import type { Context } from 'hono'
import { contextToKeep } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { logBreak } from './log.ts'
import type { HttpEnv } from './request.ts'

/** For a page to be taken. A client that stopped reading would keep its place, and a page, for ever. */
const maxPatienceMs = 30_000

/** How long a place may be kept between two pages: for one to be made, and for one to be taken. */
export const streamTermMs = 2 * maxPatienceMs

/**
 * Sends one page after the other, as the client takes them. The first is made before the answer
 * begins, so that what fails there is an ordinary problem. What fails later breaks the connection
 * off: an answer that was cut never looks whole. The request's place is free again at the end.
 */
export async function streamPages<Page>(
  c: Context<HttpEnv>,
  mediaType: string,
  pages: AsyncGenerator<Page, undefined>,
  write: (page: Page, isFirst: boolean) => string,
  patienceMs = maxPatienceMs,
): Promise<Response> {
  const headers = { 'Content-Type': `${mediaType}; charset=utf-8` }
  const encode = (page: Page, isFirst: boolean) => new TextEncoder().encode(write(page, isFirst))
  const first = await pages.next()
  if (c.req.method === 'HEAD') {
    // Nobody takes the body, nor says that it is not wanted.
    return c.body(null, 200, headers)
  }
  // The runtime asks for the other pages, from outside of the request.
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
    // Nothing of the error itself: the runtime logs its message.
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
    // The client has gone, which is no fault of anybody's.
    async cancel() {
      end()
      await pages.return(undefined)
    },
  })
  return c.body(body, 200, headers)
}

const readerLate = () =>
  new ServiceError('busy', 'The client took nothing for too long.', { reason: 'reader late' })
