import { useEffect, useState } from 'react'
import { formatAge } from '@/core/time/format'

/** How long ago something stopped being true, counting. For eyes only: it would be read out every second. */
export function StaleAge({ since, className }: { since: number; className?: string | undefined }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <span aria-hidden className={className}>
      {formatAge(now - since)} old
    </span>
  )
}
