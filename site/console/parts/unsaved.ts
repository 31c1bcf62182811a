/** Whether something is typed that is not saved yet. At most one user is open. */
let isUnsaved = false

export const setUnsaved = (value: boolean): void => {
  isUnsaved = value
}
export const hasUnsaved = (): boolean => isUnsaved

addEventListener('beforeunload', (event) => {
  if (isUnsaved) {
    event.preventDefault()
  }
})
