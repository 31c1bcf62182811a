type Field = 'email' | 'name' | 'givenName' | 'familyName'

/**
 * What systems call the columns of a user, as `normalName` has it, the surest first. Of the first group
 * that a file has a name of, it must have one alone.
 */
export const columnNames: Readonly<Record<Field, readonly (readonly string[])[]>> = {
  email: [
    ['email', 'emailaddress', 'mail', 'primaryemail', 'emailadresse', 'email1value'],
    // Of Entra. It often looks like an address at which nobody reads.
    ['userprincipalname'],
  ],
  name: [['name'], ['fullname'], ['displayname']],
  givenName: [['givenname', 'firstname', 'fname', 'forename', 'vorname']],
  familyName: [['familyname', 'lastname', 'surname', 'lname', 'nachname']],
}

/**
 * Without what systems write otherwise: case, blanks, hyphens, what is not seen, and what Google and Entra
 * put around the name.
 */
export function normalName(text: string): string {
  // `User name [userPrincipalName] Required` of Entra, `First Name [Required]` of Google.
  const [, before = '', inside = ''] = /^(.*?)\[(.*?)\]/.exec(text) ?? [undefined, text]
  const isName = /^[a-z][A-Za-z]*$/.test(inside)
  const name = isName ? inside : before
  // `name.givenName` of tools that write what Google's API calls them.
  const [, last = ''] = /^(?:\w+\.)*(.*)$/s.exec(name) ?? []
  return last
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}
