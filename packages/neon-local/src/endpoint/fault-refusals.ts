/** Neon's own words, each with its status. `control-plane-retryable` has hosted Neon's extra key. */
export const refusals = {
  'connection-closed': [400, 'connection closed'],
  quota: [
    402,
    'Your account or project has exceeded the compute time quota. Upgrade your plan to increase limits.',
  ],
  'rate-limit': [429, 'Too many connections to this endpoint. Please try again later.'],
  'control-plane': [500, 'Control plane request failed'],
  'control-plane-retryable': [500, 'Control plane request failed'],
  'compute-unreachable': [500, "Couldn't connect to compute node"],
  unavailable: [503, 'Control plane request failed'],
  'response-too-large': [507, 'response is too large (max is 67108864 bytes)'],
} as const

export type RefusalName = keyof typeof refusals

export const isRefusal = (text: string): text is RefusalName => Object.hasOwn(refusals, text)
