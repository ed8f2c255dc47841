import { useSyncExternalStore } from 'react'
import { usePreference } from '@/shared/preferences/context'

const LIGHT = '(prefers-color-scheme: light)'

/** What is shown: the chosen theme, or the system's. For what draws by itself and reads no tokens. */
export function useTheme(): 'dark' | 'light' {
  const chosen = usePreference('theme')
  const systemIsLight = useMediaQuery(LIGHT)
  return chosen === 'system' ? (systemIsLight ? 'light' : 'dark') : chosen
}

export function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = window.matchMedia(query)
      media.addEventListener('change', changed)
      return () => media.removeEventListener('change', changed)
    },
    () => window.matchMedia(query).matches,
  )
}
