/** What a person chose for this browser. It is kept there, and every tab follows. */
import { createStore, type StoreApi } from 'zustand/vanilla'

export interface Preferences {
  theme: 'system' | 'dark' | 'light'
  palette: 'standard' | 'colour-blind'
  /** Whether single keys act on orders. Off until somebody wants it. */
  tradingKeys: boolean
}

export interface PreferenceStore extends StoreApi<Preferences> {
  close(): void
}

/** Read by `public/theme.js`, too, before anything is painted. */
export const PREFERENCES_KEY = 'preferences'
export const DEFAULTS: Preferences = { theme: 'system', palette: 'standard', tradingKeys: false }

/** Starts with what `storage` holds, writes each change there, and takes over what another tab writes. */
export function createPreferences(
  storage: Pick<Storage, 'getItem' | 'setItem'> = localStorage,
  events: Pick<Window, 'addEventListener' | 'removeEventListener'> = window,
): PreferenceStore {
  const store = createStore<Preferences>(() => parsed(storage.getItem(PREFERENCES_KEY)))
  const unsubscribe = store.subscribe((state) => {
    const text = JSON.stringify(state)
    if (storage.getItem(PREFERENCES_KEY) !== text) storage.setItem(PREFERENCES_KEY, text)
  })
  const changedElsewhere = (event: StorageEvent) => {
    if (event.key === PREFERENCES_KEY) store.setState(parsed(event.newValue), true)
  }
  events.addEventListener('storage', changedElsewhere)
  return {
    ...store,
    close: () => {
      unsubscribe()
      events.removeEventListener('storage', changedElsewhere)
    },
  }
}

/** Whatever is not one of the choices is the default: an older or a newer version may have written it. */
function parsed(text: string | null): Preferences {
  let stored: Partial<Record<keyof Preferences, unknown>> = {}
  try {
    stored = (JSON.parse(text ?? '{}') ?? {}) as typeof stored
  } catch {
    // Not ours: the defaults.
  }
  return {
    theme: oneOf(['system', 'dark', 'light'], stored.theme) ?? DEFAULTS.theme,
    palette: oneOf(['standard', 'colour-blind'], stored.palette) ?? DEFAULTS.palette,
    tradingKeys: stored.tradingKeys === true,
  }
}

function oneOf<T>(choices: readonly T[], value: unknown): T | undefined {
  return choices.find((choice) => choice === value)
}
