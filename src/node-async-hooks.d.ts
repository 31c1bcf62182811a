/** As much of it as the flag `nodejs_als` gives the Worker. The types of Node would give it all. */
declare module 'node:async_hooks' {
  export class AsyncLocalStorage<Store> {
    static snapshot(): <Result>(run: () => Result) => Result
    getStore(): Store | undefined
    run<Result>(store: Store, run: () => Result): Result
  }
}
