export function feedsOf(chunk: Buffer): number {
  let feeds = 0
  for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, at + 1)) {
    feeds += 1
  }
  return feeds
}
