import { useEffect, useState } from 'react'

const FEWEST = 5
const MOST = 60

/** How many whole rows fit into the element, by its height and that of its first row; null until measured. */
export function useRowCount(element: HTMLElement | null): number | null {
  const [rows, setRows] = useState<number | null>(null)
  useEffect(() => {
    if (element === null) return
    const observer = new ResizeObserver(() => {
      const height = element.clientHeight
      const row = element.firstElementChild?.clientHeight ?? 0
      if (height > 0 && row > 0) setRows(Math.min(MOST, Math.max(FEWEST, Math.floor(height / row))))
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [element])
  return rows
}
