import { type ComponentChildren, createContext } from 'preact'
import { useContext } from 'preact/hooks'

export type Message = { text: ComponentChildren; action?: { label: string; run: () => void } }

/** Shows a message at the foot of the page, and has screen readers say it. */
export const Announcing = createContext<(message: Message | undefined) => void>(() => {})
export const useAnnounce = () => useContext(Announcing)
