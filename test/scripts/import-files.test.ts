import { describe, expect } from 'vitest'
import { understand } from '../../scripts/users/import/understanding.ts'
import { outcomeOf, type SourceOptions, sourceOf, test, usersOf } from '../support/import-source.ts'

const jane = ['Jane Roe <jane@example.com>']

describe('a file of users', () => {
  test.for<[system: string, content: string, options?: SourceOptions]>([
    [
      'Google Workspace',
      'First Name [Required],Last Name [Required],Email Address [Required],Password [Required]\n' +
        'Jane,Roe,jane@example.com,****\n',
    ],
    ['GAM', 'primaryEmail,name.givenName,name.familyName\njane@example.com,Jane,Roe'],
    ['Google Contacts', 'Given Name,Family Name,E-mail 1 - Value\nJane,Roe,jane@example.com'],
    [
      'Entra, as it is downloaded',
      '\ufeffuserPrincipalName,displayName,surname,mail,givenName,id,userType\r\n' +
        'jane_example.com#EXT#@contoso.onmicrosoft.com,Jane Roe,Roe,jane@example.com,Jane,0,Guest\r\n',
    ],
    [
      'Entra, as its template',
      'version:v1.0\nName [displayName] Required,User name [userPrincipalName] Required\n' +
        'Jane Roe,jane@example.com\n',
    ],
    [
      'Entra, as its template in German, saved by Excel',
      'version:v1.0;\r\nName [displayName] Erforderlich;Benutzername [userPrincipalName] Erforderlich\r\n' +
        'Jane Roe;jane@example.com\r\n',
    ],
    ['Microsoft 365', 'Display name,User principal name,Title\nJane Roe,jane@example.com,Dr.'],
    [
      'Okta',
      'login,firstName,lastName,middleName,displayName,email\njane,Jane,Roe,,,jane@example.com',
    ],
    [
      'Mailchimp',
      '"Email Address","First Name","Last Name",MEMBER_RATING\n"jane@example.com","Jane","Roe",2\n',
    ],
    [
      'HubSpot',
      '"Record ID","First Name","Last Name","Email"\n"1","Jane","Roe","jane@example.com"',
    ],
    ['Outlook', 'First Name,Middle Name,Last Name,E-mail Address\nJane,,Roe,jane@example.com'],
    ['PowerShell', '#TYPE Microsoft.ADUser\r\n"Name","mail"\r\n"Jane Roe","jane@example.com"\r\n'],
    ['Keycloak', 'id,username,email,firstName,lastName\n1,jane,jane@example.com,Jane,Roe'],
    [
      'our own export',
      'id,name,email,version,createdAt,updatedAt\r\n1,Jane Roe,jane@example.com,1,x,y',
    ],
    ['a German office', 'Nachname;Vorname;E-Mail-Adresse\r\nRoe;Jane;jane@example.com\r\n'],
    [
      'anything else',
      'Prénom,Nom,Courriel\nJane,Roe,jane@example.com',
      { map: ['name="Prénom"+"Nom"', 'email=courriel'] },
    ],
    ['two of a name', 'Name,Mail,mail\nJane Roe,,jane@example.com', { map: ['email=mail'] }],
  ])('of %s has its users', async ([, content, options], { directory }) => {
    expect(await outcomeOf(directory, content, options)).toBe(`read: ${jane}`)
  })

  test.for<[what: string, content: string]>([
    ['a blank first line', '\r\nname,email\r\nJane Roe,jane@example.com\r\n'],
    ['rows of separators', 'name,email\r\n,\r\nJane Roe,jane@example.com\r\n,\r\n , \r\n"",\r\n'],
    ['a comma too many', 'name,email,\r\nJane Roe,jane@example.com,\r\n'],
    ['a comma too many in its rows', 'name,email\r\nJane Roe,jane@example.com,,\r\n'],
    ['a column without a name', 'name,email,createdAt,\nJane Roe,jane@example.com,,\n'],
    ['a row without its last cells', 'name,email,phone,city\nJane Roe,jane@example.com\n'],
    ['blanks around quotes', 'name, email\n"Jane Roe" , "jane@example.com"\t\n'],
    ['a sep= line', 'sep=;\r\nname;email\r\nJane Roe;jane@example.com\r\n'],
    ['a sep= line in quotes', '\ufeff"sep=|"\r\nname|email\r\nJane Roe|jane@example.com\r\n'],
    ['tabs', 'name\temail\r\nJane Roe\tjane@example.com\r\n'],
    ['a sep= line of tabs', 'sep=\t\nname\temail\nJane Roe\tjane@example.com\n'],
    ['rows separated otherwise', 'sep=,\r\nname,email\r\nJane Roe;jane@example.com\r\n'],
    [
      'invisible characters in its header',
      '\ufeff\u200bname,E\u00adMail\u00a0\nJane Roe,jane@example.com',
    ],
    ['CR alone', 'name,email\rJane Roe,jane@example.com\r'],
  ])('may have %s', async ([, content], { directory }) => {
    expect(await outcomeOf(directory, content)).toBe(`read: ${jane}`)
  })

  test.for<[what: string, content: string | Buffer, sentence: RegExp, options?: SourceOptions]>([
    [
      'two columns of emails',
      'name,email,Email\nJ,j@example.com,',
      /"email" \(#2\) and "Email" \(#3\) .*--map email=#2\.$/,
    ],
    [
      'a first name alone',
      'First Name,Email\nJane,j@example.com',
      /whole name.*--map name="First Name"\+/,
    ],
    [
      'what may be a family name',
      'Vorname;Name;E-Mail\nJane;Roe;j@example.com',
      /whole name.* --map name=/,
    ],
    [
      'no column of emails',
      'name,phone\nJane,1',
      /No column is surely the email.* "phone" \(#2\)\..*--map email=/,
    ],
    [
      'a column that is not there',
      'name,email\nJ,j@example.com',
      /no column "Mail", .*"email" \(#2\)/,
      { map: ['email=Mail'] },
    ],
    [
      'no header',
      'Jane,jane@example.com\n',
      /holds no names of columns but an address\. Put a line above/,
    ],
    [
      'separators that contradict its sep= line',
      'sep=,\nname;email\nJane;j@example.com',
      /by semicolon, but sep= says comma\. .* --separator semicolon/,
    ],
    [
      'two possible separators',
      'a,b;c\n1,2;3',
      /by comma or semicolon\. .* --separator comma/,
      { map: ['name=#1', 'email=#2'] },
    ],
    [
      'quotes that do not match',
      'name,email\nA,a@example.com\n"B" b,b@example.com\n',
      /^The quotes of line 3 do not match/,
    ],
    [
      'backslashes before quotes',
      'name,email\n"Jane \\"JJ\\" Roe",j@example.com',
      /^The quotes of line 2 .* a quote is written twice/,
    ],
    [
      'a quote that is never closed',
      'name,email\n"A\nB",a@example.com\n"C,c@example.com\n',
      /^The quotes of line 4 do not match/,
    ],
    ['a byte order mark alone', '\ufeff', /has no line that names its columns/],
    ['nothing but blank lines', '\r\n,\r\n', /has no line that names its columns/],
  ])('with %s is refused with the mend', async ([, content, sentence, options], { directory }) => {
    expect(await outcomeOf(directory, content, options)).toMatch(sentence)
  })

  test('has its faults by line', async ({ directory }) => {
    const content = [
      'sep=;',
      'name;email',
      'John "Jack" Doe;john@example.com',
      '"two\nlines";two@example.com',
      '=HYPERLINK("x");f@example.com',
      "'=1+1;one@example.com",
      'Jane;jane@example.com;more',
      'Jane',
      'Jane, jane@example.com; x@example.com, y',
      ';blank@example.com',
    ].join('\r\n')

    const { found } = await usersOf(directory, content)

    expect(found).toEqual([
      expect.stringMatching(/^3: has a quote inside a cell/),
      'two\nlines <two@example.com>',
      expect.stringMatching(/^6: has a quote inside a cell/),
      '=1+1 <one@example.com>',
      '8: has 3 cells for 2 columns',
      '9: has 1 cell for 2 columns',
      'Jane, jane@example.com <x@example.com, y>',
      ' <blank@example.com>',
    ])
  })

  test('may be a template with its example', async ({ directory }) => {
    const content =
      'version:v1.0\r\nName [displayName] Required,User name [userPrincipalName] Required\r\n' +
      'Example: Chris Green,chris@contoso.com\r\nJane Roe,jane@example.com\r\n'

    expect(await outcomeOf(directory, content)).toBe(
      `read: 3: is the example of the template,${jane}`,
    )
  })

  test('is told to people before it is sent, and steers no terminal', async ({ directory }) => {
    const content =
      'sep=;\nVorname;"Nach\u001b[31mname";E-Mail\nJane;Roe\u202e;jane@example.com\nA,B,a@example.com\n'

    const source = await sourceOf(directory, content, { map: ['name=#1+#2'] })

    expect((await understand(source)).replace(directory, '')).toBe(
      [
        '/users.csv is CSV in UTF-8, separated by semicolons, with 2 records.',
        '  name: "Vorname" + "Nach<U+001B>[31mname"',
        '  email: "E-Mail"',
        '  Separated otherwise than the header: 1 of them.',
        '  The first user: Jane Roe<U+202E>, jane@example.com',
      ].join('\n'),
    )
  })
})
