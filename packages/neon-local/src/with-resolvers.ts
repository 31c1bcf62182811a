type Resolvers<T> = {
  promise: Promise<T>
  resolve(value: T | PromiseLike<T>): void
  reject(reason: unknown): void
}

/** `Promise.withResolvers`, which Node 20 lacks. */
export function withResolvers<T>(): Resolvers<T> {
  const resolvers: Partial<Resolvers<T>> = {}
  const promise = new Promise<T>((resolve, reject) => {
    Object.assign(resolvers, { resolve, reject })
  })
  return Object.assign(resolvers, { promise }) as Resolvers<T>
}
