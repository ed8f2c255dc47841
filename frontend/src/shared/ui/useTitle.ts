import { useEffect } from 'react'
import { useBrand } from './brand'

/** What the browser's tab says. */
export function useTitle(title: string): void {
  const brand = useBrand()
  useEffect(() => {
    document.title = `${title} · ${brand}`
  }, [title, brand])
}
