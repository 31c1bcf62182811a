import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from 'jose'

export const audience = 'https://users.example.com'

/** An undefined one is left out. */
type Claims = { [name in keyof JWTPayload]: JWTPayload[name] | undefined }

type SigningKey = { kid: string; privateKey: CryptoKey; publicKey: CryptoKey }

export type Issuer = {
  url: string
  /** The paths that were asked for, one after the other. */
  asked: string[]
  /** What it signs with now. */
  key(): SigningKey
  /** From now on it signs with a new key, and no longer knows the one before. */
  rotate(): Promise<void>
  /** What it says of itself in place of the truth. */
  lie(discovery: object | undefined): void
  /** From now on it answers after so long. */
  slow(ms: number): void
  /** A good token of a caller with these scopes, but for the claims and header fields given. */
  sign(
    scope: string,
    claims?: Claims,
    header?: Partial<JWTHeaderParameters>,
    key?: CryptoKey | Uint8Array,
  ): Promise<string>
  stop(): Promise<void>
  start(): Promise<void>
}

/** An OpenID provider on this machine, with discovery and keys. */
export async function startIssuer(): Promise<Issuer> {
  const asked: string[] = []
  let key = await createSigningKey()
  let lie: object | undefined
  let delayMs = 0
  let port = 0

  const discovery = () => ({ issuer: urlOf(port), jwks_uri: `${urlOf(port)}/keys` })
  const jwks = async () => ({
    keys: [{ ...(await exportJWK(key.publicKey)), kid: key.kid, use: 'sig' }],
  })
  const server = createServer(async ({ url = '' }, response) => {
    asked.push(url)
    await sleep(delayMs)
    const body = url === '/keys' ? await jwks() : (lie ?? discovery())
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(body))
  })
  const start = async () => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  await start()

  return {
    url: urlOf(port),
    asked,
    key: () => key,
    rotate: async () => {
      key = await createSigningKey()
    },
    lie: (discovery) => {
      lie = discovery
    },
    slow: (ms) => {
      delayMs = ms
    },
    sign: (scope, claims = {}, header = {}, signingKey = key.privateKey) => {
      const now = Math.floor(Date.now() / 1_000)
      const payload = { iss: urlOf(port), aud: audience, sub: 'ada', exp: now + 300, scope }
      const given = Object.entries({ ...payload, ...claims }).filter(
        ([, value]) => value !== undefined,
      )
      return new SignJWT(Object.fromEntries(given))
        .setProtectedHeader({ alg: 'ES256', kid: key.kid, ...header })
        .sign(signingKey)
    },
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
    start,
  }
}

const urlOf = (port: number) => `http://127.0.0.1:${port}`

async function createSigningKey(): Promise<SigningKey> {
  return { kid: crypto.randomUUID(), ...(await generateKeyPair('ES256', { extractable: true })) }
}
