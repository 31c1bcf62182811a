import { createInterface } from 'node:readline'
import { startPostgres } from '../../src/postgres.ts'

// A program that starts a PostgreSQL as `npm run dev` does, and ends the way it is told to.
try {
  const postgres = await startPostgres(JSON.parse(process.argv[2] ?? '{}'))
  const { url, port, pid } = postgres
  console.log(JSON.stringify({ url, superuserUrl: postgres.superuserUrl(), port, pid }))

  for await (const command of createInterface({ input: process.stdin })) {
    if (command === 'close') {
      await postgres.close()
      // From here on nothing keeps this process alive: that the server left nothing is part of it.
      process.stdin.destroy()
    }
    if (command === 'exit') {
      process.exit(3)
    }
    if (command === 'throw') {
      throw new Error('A bug.')
    }
  }
} catch (error) {
  if (!(error instanceof Error) || error.message === 'A bug.') {
    // Out of reach of any handler, as a bug is.
    setImmediate(() => {
      throw error
    })
  } else {
    console.log(JSON.stringify({ name: error.name, message: error.message }))
  }
}
