/** The media types of a change: a JSON Merge Patch (RFC 7396), under either name. */
export const patchTypes = ['application/json', 'application/merge-patch+json'] as const
