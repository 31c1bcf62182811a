/** The environment of wrangler.toml that only carries Previews: nothing is ever deployed to it. */
export const previewEnvironment = 'preview'
