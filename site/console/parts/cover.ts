const narrow = matchMedia('(width < 900px)')

/** Where a panel covers the page, nothing beneath it can be reached. Returns what ends that. */
export function coverPage(): () => void {
  const set = (isInert: boolean) => {
    for (const part of document.querySelectorAll<HTMLElement>('.top, .page')) {
      part.inert = isInert
    }
  }
  const update = () => set(narrow.matches)
  update()
  narrow.addEventListener('change', update)
  return () => {
    narrow.removeEventListener('change', update)
    set(false)
  }
}
