/** Of the one account that the stand-in has. */
export const accountId = '0123456789abcdef0123456789abcdef'

/** The one token that it takes. */
export const token = 'token-of-the-stand-in'
