/** Each chunk costs CPU, and a body that comes slowly keeps the memory of one. */
const chunkBytes = 16 * 1024

/** A body as it comes, in chunks larger than the 4 KiB that the runtime would choose itself. */
export async function* chunksOf(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, undefined> {
  const reader = body.getReader({ mode: 'byob' })

  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(chunkBytes))
    if (done) {
      return
    }
    // A few bytes must not keep their whole buffer.
    yield value.length < chunkBytes / 2 ? value.slice() : value
  }
}
