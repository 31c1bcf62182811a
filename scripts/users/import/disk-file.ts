import { createReadStream } from 'node:fs'
import type { SourceFile } from './encoding.ts'

/** In chunks whose records V8 can forget before it moves them. */
export const readChunks = (file: string) => createReadStream(file, { highWaterMark: 2 ** 16 })

export const diskFile = (name: string): SourceFile => ({ name, chunks: () => readChunks(name) })
