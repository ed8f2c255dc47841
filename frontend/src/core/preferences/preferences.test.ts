import { describe, expect, it } from 'vitest'
import { createPreferences, DEFAULTS, PREFERENCES_KEY } from './preferences'

function storageWith(text: string | null) {
  const values = new Map(text === null ? [] : [[PREFERENCES_KEY, text]])
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
  }
}

describe('preferences', () => {
  it('are kept for the next visit', () => {
    const storage = storageWith(null)
    createPreferences(storage).setState({ theme: 'light', tradingKeys: true })
    expect(createPreferences(storage).getState()).toEqual({
      theme: 'light',
      palette: 'standard',
      tradingKeys: true,
    })
  })

  it.each(['{not json', 'null', '[]', '{"theme":"pink","tradingKeys":"yes"}'])(
    'are the defaults when %s is stored',
    (text) => expect(createPreferences(storageWith(text)).getState()).toEqual(DEFAULTS),
  )

  it('follow a change in another tab until they are closed', () => {
    const preferences = createPreferences(storageWith(null))
    const change = (theme: string) =>
      window.dispatchEvent(
        new StorageEvent('storage', { key: PREFERENCES_KEY, newValue: JSON.stringify({ theme }) }),
      )
    change('dark')
    expect(preferences.getState().theme).toBe('dark')
    preferences.close()
    change('light')
    expect(preferences.getState().theme).toBe('dark')
  })
})
