import { once } from 'node:events'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { doubled, type Input, kiB } from './input.ts'

const audience = 'https://users.example.com'

/** Of 36 characters and two quotes and a comma, as Entra ID writes the groups of a user. */
const group = '00000000-0000-4000-8000-000000000000'

/** Tokens of an identity provider on this machine, which signs as most do: RS256, 2,048 bits. */
export async function startTokens(stack: AsyncDisposableStack) {
  const { publicKey, privateKey } = await generateKeyPair('RS256')
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256' }]
  const server = createServer(({ url: path }, response) => {
    response.end(
      JSON.stringify(path === '/keys' ? { keys } : { issuer, jwks_uri: `${issuer}/keys` }),
    )
  }).listen(0, '127.0.0.1')
  stack.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const address = server.address()
  const issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`

  /** A good token of about this many characters, and those of its scopes. */
  const sign = (length: number, scopes = '') =>
    new SignJWT({
      scope: `${scopes}users:read`,
      groups: Array(Math.floor((length * 0.75) / (group.length + 3))).fill(group),
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('bench')
      .setExpirationTime('1h')
      .sign(privateKey)

  return {
    variables: { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience },
    inputs: inputsOf(sign),
  }
}

const inputsOf = (sign: (length: number, scopes?: string) => Promise<string>): Input[] => [
  {
    name: 'token: groups',
    lengths: doubled(2 * kiB, 16 * kiB),
    send: async (length) => ({
      path: '/users/1',
      headers: { Authorization: `Bearer ${await sign(length - 1_024)}` },
    }),
  },
  {
    name: 'token: scopes',
    lengths: doubled(2 * kiB, 16 * kiB),
    send: async (length) => ({
      path: '/users/1',
      headers: { Authorization: `Bearer ${await sign(0, 'a '.repeat(length / 3))}` },
    }),
  },
]
