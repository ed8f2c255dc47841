import { type DOMAttributes, useState } from 'react'

const noHover = () =>
  typeof globalThis.matchMedia === 'function' && globalThis.matchMedia('(hover: none)').matches

/**
 * Whether somebody is about to choose a row: a mouse is over it or the keyboard is in it. A finger gives no
 * sign before it lands, so a touch screen always holds: prices move there only when asked to.
 */
export function useHeld<E extends Element>(): [boolean, DOMAttributes<E>] {
  const [touch] = useState(noHover)
  const [pointed, setPointed] = useState(false)
  const [keyed, setKeyed] = useState(false)
  return [
    touch || pointed || keyed,
    {
      onPointerEnter: () => setPointed(true),
      onPointerLeave: () => setPointed(false),
      // A click leaves the focus behind; only the keyboard's focus says that rows are being chosen.
      onFocus: (event) => setKeyed(event.currentTarget.matches(':focus-visible')),
      onKeyDownCapture: () => setKeyed(true),
      onBlur: () => setKeyed(false),
    },
  ]
}
