import { registerHooks } from 'node:module'

/**
 * Lets drizzle-orm be imported in a tenth of a second instead of a whole one: Node parses the
 * `exports` of its package.json, of which there are 447, again for every module that it imports from
 * another by a relative path.
 */
registerHooks({
  resolve: (specifier, context, next) =>
    specifier.startsWith('.') && context.parentURL?.includes('/node_modules/drizzle-orm/')
      ? { url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true }
      : next(specifier, context),
})
