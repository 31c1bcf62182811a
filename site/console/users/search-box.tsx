import { useEffect, useRef } from 'preact/hooks'

type Props = {
  text: string
  hint: string
  change: (text: string, delayMs?: number) => void
  enter: () => void
}

/** `/` leads here from wherever nothing is typed. */
export function SearchBox({ text, hint, change, enter }: Props) {
  const input = useRef<HTMLInputElement>(null)

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const { target } = event
      const isTyping =
        target instanceof HTMLElement && target.matches('input, textarea, select, dialog *')
      if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
        event.preventDefault()
        input.current?.focus()
        input.current?.select()
      }
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])

  return (
    <search class="search">
      <label class="unseen" for="search">
        Find users by name or email
      </label>
      <input
        id="search"
        ref={input}
        type="search"
        dir="auto"
        placeholder="Find by name or email"
        autocomplete="off"
        spellcheck={false}
        aria-keyshortcuts="/"
        aria-describedby="search-hint"
        value={text}
        onInput={({ currentTarget }) => change(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && text !== '') {
            event.preventDefault()
            change('', 0)
          } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
            event.preventDefault()
            enter()
          }
        }}
      />
      <p class="hint" id="search-hint" aria-live="polite">
        {hint}
      </p>
    </search>
  )
}
