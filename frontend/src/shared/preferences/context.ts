import { createContext, use } from 'react'
import { useStore } from 'zustand'
import type { Preferences, PreferenceStore } from '@/core/preferences/preferences'

export const PreferencesContext = createContext<PreferenceStore | null>(null)

export function usePreferenceStore(): PreferenceStore {
  const store = use(PreferencesContext)
  if (store === null) throw new Error('usePreferences needs a PreferencesContext above it')
  return store
}

export function usePreference<Name extends keyof Preferences>(name: Name): Preferences[Name] {
  return useStore(usePreferenceStore(), (preferences) => preferences[name])
}
