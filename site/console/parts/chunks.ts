/** What a stream holds. Not every browser iterates over streams by itself. */
export async function* chunksOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  const reader = stream.getReader()
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      yield new Uint8Array(read.value)
    }
  } finally {
    await reader.cancel()
  }
}
