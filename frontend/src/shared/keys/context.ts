import { createContext, use, useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import type { Hotkey, Keys } from './registry'

export const KeysContext = createContext<Keys | null>(null)

function useKeys(): Keys {
  const keys = use(KeysContext)
  if (keys === null) throw new Error('hotkeys need a KeysContext above them')
  return keys
}

/**
 * Gives a key its meaning for as long as the caller is mounted and `enabled`. Keys of the group `Trading` act
 * only when the person switched them on; `?` lists them all.
 */
export function useHotkey(
  { key, does, group, run }: Hotkey,
  { enabled = true }: { enabled?: boolean } = {},
): void {
  const keys = useKeys()
  const act = useEffectEvent(run)
  useEffect(
    () => (enabled ? keys.register({ key, does, group, run: () => act() }) : undefined),
    [keys, key, does, group, enabled],
  )
}

/** Every key that has a meaning now. */
export function useHotkeys(): readonly Hotkey[] {
  const keys = useKeys()
  return useSyncExternalStore(
    (changed) => keys.subscribe(changed),
    () => keys.list(),
  )
}
