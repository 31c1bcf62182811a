import { describe, expect, test } from 'vitest'
import { faultOfUrl } from '../../scripts/postgres/connection-string.ts'

const plain = 'postgresql://owner:canary@ep-x-1.eu-central-1.aws.neon.tech/users'

describe('a connection string', () => {
  test.for([
    plain,
    'postgres://owner:p%25@localhost:5433/users',
    'postgresql://owner@[::1]/users',
    'postgresql://owner:*a@host/users',
    `${plain}?sslmode=require&channel_binding=require`,
    `${plain}?options=endpoint%3Dep-x-1&application_name=x`,
    `${plain}?sslmode=verify-full&sslrootcert=system`,
  ])('is good: %s', (url) => {
    expect(faultOfUrl('IT', url)).toBeUndefined()
  })

  test.for([
    [`${plain}?host=canary`, 'IT has a parameter host: write the host into the address itself.'],
    [`${plain}?sslmode=require&port=1`, /parameter port: write the port/],
    [`${plain}?hostaddr=10.0.0.1`, /parameter hostaddr: write the host/],
    [`${plain}?service=canary`, /parameter service/],
    [`${plain}?user=canary`, /parameter user/],
    [`${plain}?password=canary`, /parameter password/],
    [`${plain}?dbname=canary`, /parameter dbname: write the database/],
    ['postgresql://owner:canary@/users?host=/tmp', /parameter host/],
    ['postgresql://owner:canary@%2Ftmp/users', /leads to a Unix socket.*Write localhost/],
    ['postgresql://owner:canary@a,b/users', /names several hosts/],
    ['postgresql://owner:canary@a:1,b:2/users', /names several hosts/],
    ['postgresql://ow%ner:canary@host/users', /percent sign that stands for itself.*as %25/],
    ['postgresql://owner:canary%zz@host/users', /percent sign that stands for itself/],
    ['postgresql://owner:canary@host/us%ers', /percent sign that stands for itself/],
    ['postgresql://owner:********@host/users', /something in place of its password/],
    ['postgresql://owner:[YOUR-PASSWORD]@host/users', /something in place of its password/],
    ['postgresql://owner:<password>@host/users', /something in place of its password/],
    [`${plain}?sslmode=required`, /has an sslmode that there is not/],
    [`${plain}?sslrootcert=/no/such/ca.pem`, /names \/no\/such\/ca.pem as its sslrootcert.*ENOENT/],
    [`${plain}?sslrootcert=.`, /cannot be read \(EISDIR\)/],
    [`${plain}?sslcert=package.json`, /is not in PEM/],
    [`psql '${plain}'`, /begins with the command psql/],
    [`${plain} `, /has quotes, white space or other signs around/],
    [`"${plain}"`, /has quotes, white space or other signs around/],
    [`\u201C${plain}\u201D`, /has quotes, white space or other signs around/],
    [`${plain};`, /has quotes, white space or other signs around/],
    ['', /is empty/],
  ] as const)('is not, and says why: %s', ([url, sentence]) => {
    const fault = faultOfUrl('IT', url)

    expect(fault).toMatch(sentence)
    expect(fault).not.toContain('canary')
  })
})
