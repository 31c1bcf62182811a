import { isUtf8 } from 'node:buffer'

/** The bytes that a text in ASCII stands for. A stray % is left alone, as Neon does. */
export function percentDecode(text: string): Buffer {
  const bytes = text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1')
}

/** Where bytes cease to be UTF-8, in the words of Rust; undefined when they never do. */
export function utf8Problem(bytes: Buffer): string | undefined {
  if (isUtf8(bytes)) {
    return undefined
  }
  let start = 0
  for (let length = 1; ; length += 1) {
    const part = bytes.subarray(start, start + length)
    if (isUtf8(part)) {
      start += length
      length = 0
    } else if (!isStartOfCharacter(part)) {
      const invalid = Math.max(length - 1, 1)
      return `invalid utf-8 sequence of ${invalid} bytes from index ${start}`
    } else if (start + length >= bytes.length) {
      return `incomplete utf-8 byte sequence from index ${start}`
    }
  }
}

/** Whether some bytes after these would make them a character. */
function isStartOfCharacter(part: Buffer): boolean {
  return ['80', '8080', '808080', 'bf', 'bf80', 'bf8080'].some((rest) =>
    isUtf8(Buffer.concat([part, Buffer.from(rest, 'hex')])),
  )
}
