/** Gives the reader a file, as a download. */
export function saveFile(name: string, parts: BlobPart[], type: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has begun by then, and keeps what it needs.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
