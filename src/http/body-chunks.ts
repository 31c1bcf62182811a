/** Each has its price, and a body that drips holds the memory of one. */
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
    // Three bytes must not keep all of their buffer.
    yield value.length < chunkBytes / 2 ? value.slice() : value
  }
}
