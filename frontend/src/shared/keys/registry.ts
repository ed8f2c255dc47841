/** Every key that does something anywhere on the page: one listener, one list for the dialog that shows them. */

export type KeyGroup = 'General' | 'Trading'

export interface Hotkey {
  /** As `KeyboardEvent.key` has it: `/`, `b`, `Escape`. */
  readonly key: string
  /** What it does, as a verb: "Search for a symbol". */
  readonly does: string
  readonly group: KeyGroup
  readonly run: () => void
}

export interface Keys {
  /** The newest of several for one key is the one that counts. The answer takes it away again. */
  register(hotkey: Hotkey): () => void
  /** What is registered now; another array after each change. */
  list(): readonly Hotkey[]
  subscribe(listener: () => void): () => void
  /** Acts on a key press of the page, unless it was meant for something else. */
  handle(event: KeyboardEvent): void
}

/** `tradingEnabled` is asked at each press: keys that act on orders are off until somebody wants them. */
export function createKeys(tradingEnabled: () => boolean): Keys {
  let hotkeys: readonly Hotkey[] = []
  const listeners = new Set<() => void>()
  const change = (next: readonly Hotkey[]) => {
    hotkeys = next
    for (const listener of listeners) listener()
  }
  return {
    register: (hotkey) => {
      change([...hotkeys, hotkey])
      return () => change(hotkeys.filter((other) => other !== hotkey))
    },
    list: () => hotkeys,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    handle: (event) => {
      if (isMeantForSomethingElse(event)) return
      const hotkey = hotkeys.findLast(({ key }) => key === event.key)
      if (hotkey === undefined || (hotkey.group === 'Trading' && !tradingEnabled())) return
      event.preventDefault()
      hotkey.run()
    },
  }
}

/** Typing, a dialog's keys, the browser's own combinations, and a key held down are none of ours. */
function isMeantForSomethingElse(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing || event.repeat) return true
  if (event.ctrlKey || event.metaKey || event.altKey) return true
  const target = event.target instanceof Element ? event.target : null
  if (target?.closest('[role="dialog"], [role="alertdialog"], [role="menu"]')) return true
  return (
    event.key !== 'Escape' && target?.closest('input, textarea, select, [contenteditable]') != null
  )
}
