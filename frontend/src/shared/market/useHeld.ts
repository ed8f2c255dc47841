import { type DOMAttributes, useState } from 'react'

const noHover = () =>
  typeof globalThis.matchMedia === 'function' && globalThis.matchMedia('(hover: none)').matches

interface Options {
  /** A finger gives no sign before it lands: where it chooses something, a touch screen holds all the time. */
  readonly touchHolds: boolean
}

/**
 * Whether somebody is about to choose something in an element, or reads it closely: a mouse is over it, or the
 * keyboard is in it. What is held must not move by itself.
 */
export function useHeld<E extends Element>({ touchHolds }: Options): [boolean, DOMAttributes<E>] {
  const [touch] = useState(noHover)
  const [pointed, setPointed] = useState(false)
  const [keyed, setKeyed] = useState(false)
  return [
    (touch && touchHolds) || pointed || keyed,
    {
      // A finger that scrolled by leaves no mouse behind.
      onPointerEnter: (event) => setPointed(event.pointerType !== 'touch'),
      onPointerLeave: () => setPointed(false),
      // A click leaves the focus behind; only the keyboard's focus says that something is being chosen.
      onFocus: (event) => setKeyed(event.currentTarget.matches(':focus-visible')),
      onKeyDownCapture: () => setKeyed(true),
      onBlur: () => setKeyed(false),
    },
  ]
}
