import { type RefObject, useEffect, useState } from 'react'

const USUAL = 21
const FEWEST = 5
const MOST = 60

/** How many whole rows fit into the element, by its height and that of its first row. */
export function useRowCount(container: RefObject<HTMLElement | null>): number {
  const [rows, setRows] = useState(USUAL)
  useEffect(() => {
    const element = container.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      const height = element.clientHeight
      const row = element.firstElementChild?.clientHeight ?? 0
      if (height > 0 && row > 0) setRows(Math.min(MOST, Math.max(FEWEST, Math.floor(height / row))))
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [container])
  return rows
}
