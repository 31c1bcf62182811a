import { once } from 'node:events'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

const audience = 'https://users.example.com'

/** Of 36 characters and two quotes and a comma, as Entra ID writes the groups of a user. */
const group = '00000000-0000-4000-8000-000000000000'

/** An identity provider on this machine, which signs as most of them do: RS256, 2,048 bits. */
export async function startIssuer(stack: AsyncDisposableStack) {
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

  return {
    variables: { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience },
    /** A good token of about this many characters, and those of its scopes. */
    sign: (length: number, scopes = '') =>
      new SignJWT({
        scope: `${scopes}users:read`,
        groups: Array(Math.floor((length * 0.75) / (group.length + 3))).fill(group),
      })
        .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject('bench')
        .setExpirationTime('1h')
        .sign(privateKey),
  }
}
