import { afterEach, describe, expect, it, vi } from 'vitest'

import { uuid } from './uuid'

describe('uuid', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  it('is a version 4 UUID, each time another', () => {
    const made = new Set(Array.from({ length: 1_000 }, uuid))
    expect(made.size).toBe(1_000)
    for (const id of made) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    }
  })

  it('needs nothing that a page on plain http lacks', () => {
    const getRandomValues = crypto.getRandomValues.bind(crypto)
    vi.stubGlobal('crypto', { getRandomValues })
    expect(uuid()).toHaveLength(36)
  })
})
