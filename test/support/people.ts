export const ada = { name: 'Ada Lovelace', email: 'ada@example.com' }
export const grace = { name: 'Grace Hopper', email: 'grace@example.com' }

/** `count` different new users. */
export const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `Person ${index + 1}`,
    email: `person.${index + 1}@example.com`,
  }))
