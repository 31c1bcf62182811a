import { config } from 'zod/mini'

// zod tries whether it may make functions of text, which the page's policy forbids and the browser
// reports. Loaded before any schema.
config({ jitless: true })
