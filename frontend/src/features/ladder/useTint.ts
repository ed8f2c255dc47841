import { useState } from 'react'

/**
 * 0 until the value changes, then 1 and 2 in turn: two names of one animation, so that each change starts it
 * anew. Another `place` (the row shows another price) is no change of the value.
 */
export function useTint(value: string, place: number): 0 | 1 | 2 {
  const [seen, setSeen] = useState<{ value: string; place: number; turn: 0 | 1 | 2 }>({
    value,
    place,
    turn: 0,
  })
  if (seen.place !== place) setSeen({ value, place, turn: 0 })
  else if (seen.value !== value) setSeen({ value, place, turn: seen.turn === 1 ? 2 : 1 })
  return seen.turn
}
