/**
 * Of a body of JSON: far more than the longest row needs, escapes included. Those of an import are in
 * line-limits.ts.
 */
export const maxJsonBytes = 16 * 1024
