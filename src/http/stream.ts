import type { Context } from 'hono'
import { contextToKeep } from '../context.ts'
import { logBreak } from './log.ts'
import type { HttpEnv } from './request.ts'

/**
 * Sends one page after the other, as the client takes them. The first is made before the answer
 * begins, so that what fails there is an ordinary problem. What fails later breaks the connection
 * off: an answer that was cut never looks whole.
 */
export async function streamPages<Page>(
  c: Context<HttpEnv>,
  mediaType: string,
  pages: AsyncGenerator<Page, undefined>,
  write: (page: Page, isFirst: boolean) => string,
): Promise<Response> {
  const encode = (page: Page, isFirst: boolean) => new TextEncoder().encode(write(page, isFirst))
  const first = await pages.next()
  // The runtime asks for the other pages, from outside of the request.
  const inContext = contextToKeep()

  let isLeft = false

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      if (!first.done) {
        controller.enqueue(encode(first.value, true))
      }
    },
    async pull(controller) {
      try {
        const { done, value } = await inContext(() => pages.next())
        if (isLeft) {
          return
        }
        if (done) {
          controller.close()
        } else {
          controller.enqueue(encode(value, false))
        }
      } catch (error) {
        if (!isLeft) {
          logBreak(c, error)
          // Nothing of the error itself: the runtime logs its message.
          controller.error(new Error('The answer broke off.'))
        }
      }
    },
    // The client has gone, which is no fault of anybody's.
    async cancel() {
      isLeft = true
      await pages.return(undefined)
    },
  })
  return c.body(body, 200, { 'Content-Type': `${mediaType}; charset=utf-8` })
}
