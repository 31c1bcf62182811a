import { useEffect, useState } from 'preact/hooks'

/** Says so when an answer takes long: a suspended database needs seconds to wake. */
export function Slow({ isLoading }: { isLoading: boolean }) {
  const [isLong, setIsLong] = useState(false)

  useEffect(() => {
    setIsLong(false)
    const timer = isLoading ? setTimeout(() => setIsLong(true), 2_000) : undefined
    return () => clearTimeout(timer)
  }, [isLoading])

  return isLong ? <> The database takes its time. It may be waking up.</> : null
}
