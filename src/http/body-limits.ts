/** Of a body of JSON: far more than the longest row needs, escapes included. */
export const maxJsonBytes = 16 * 1024
