import type { Event } from '../../../src/client.ts'

const verbs: Readonly<Record<string, string>> = {
  create: 'Created',
  replace: 'Replaced',
  change: 'Changed',
  delete: 'Deleted',
  restore: 'Restored',
  erase: 'Erased',
  import: 'Imported',
}

/** An event as a sentence, without a person in it. */
export const EventText = ({ event: { kind, fields, version } }: { event: Event }) => (
  <span class="event">
    <span class={`kind kind-${kind}`}>{verbs[kind] ?? kind}</span>
    {fields.length > 0 && ` ${fields.join(' and ')}`} <small>version {version}</small>
  </span>
)
