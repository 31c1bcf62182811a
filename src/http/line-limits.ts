/** Of a body of many rows, in NDJSON or CSV. */
export const maxLinesBytes = 4 * 1024 * 1024
export const maxLines = 5_000

/** Of one of them, in UTF-16 units: as much as the body of a single row. */
export const maxLineLength = 16 * 1024

/** What the bodies of many rows may take together, in one isolate, while they come in. */
export const roomBytes = 16 * 1024 * 1024
