import { expect, it } from 'vitest'
import { stepped } from './stepping'

const ACME = { symbol: 'ACME', tickSize: '0.01', lotSize: '1' }

it('AC-TKT-4 steps by a tick or a lot, never below one, and leaves what is no number', () => {
  expect(stepped('price', ACME, '101.25', 1, 5)).toBe('101.26')
  expect(stepped('price', ACME, '101.25', -10, 5)).toBe('101.15')
  expect(stepped('price', ACME, '', 1, 9_665)).toBe('96.65')
  expect(stepped('quantity', ACME, '3', -10, 10)).toBe('1')
  expect(stepped('quantity', ACME, 'ten', 1, 1)).toBe('ten')
})
