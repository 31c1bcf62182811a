const protocolVersion = 196_608

/**
 * The packet that opens a session. The one of `pg` always asks for UTF-8 and may take a name for the
 * application from the environment. Neon's has neither: a session of a LATIN1 database speaks LATIN1.
 */
export function startupMessage(parameters: Record<string, string>): Buffer {
  const strings = Object.entries(parameters).flat()
  const message = Buffer.from(
    `\0\0\0\0\0\0\0\0${[...strings, ''].map((text) => `${text}\0`).join('')}`,
  )
  message.writeInt32BE(message.length, 0)
  message.writeInt32BE(protocolVersion, 4)
  return message
}
