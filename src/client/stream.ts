import { type Answer, readText } from './answers.ts'
import { AnswerError, ConnectionError } from './errors.ts'

/** The body as it comes. The stream fails with a ConnectionError when it is cut off. */
export async function readStream(answer: Answer): Promise<ReadableStream<Uint8Array>> {
  if (!answer.ok || !answer.body) {
    throw new AnswerError(answer.status, await readText(answer))
  }
  const reader = answer.body.getReader()

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) {
          controller.close()
        } else {
          controller.enqueue(value)
        }
      } catch (error) {
        controller.error(isAbort(error) ? error : new ConnectionError(error))
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

const isAbort = (error: unknown) =>
  error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name)
