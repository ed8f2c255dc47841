import type { PreferenceStore } from '@/core/preferences/preferences'

const LIGHT = '(prefers-color-scheme: light)'

/** Keeps the page in the theme and palette that were chosen, or in the system's. The answer ends it. */
export function applyTheme(preferences: PreferenceStore, root = document.documentElement) {
  const system = window.matchMedia(LIGHT)
  const apply = () => {
    const { theme, palette } = preferences.getState()
    root.dataset['theme'] = theme === 'system' ? (system.matches ? 'light' : 'dark') : theme
    root.dataset['palette'] = palette
  }
  apply()
  system.addEventListener('change', apply)
  const unsubscribe = preferences.subscribe(apply)
  return () => {
    system.removeEventListener('change', apply)
    unsubscribe()
  }
}
