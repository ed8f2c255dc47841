import { act, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import type { Market } from '@/core/market/market'
import type { MarketState, Ticker } from '@/core/market/state'
import type { Instrument } from '@/core/numbers/instrument'
import { KeysContext } from '@/shared/keys/context'
import { createKeys } from '@/shared/keys/registry'
import { MarketProvider } from '@/shared/market/MarketProvider'
import { SymbolSearch } from './SymbolSearch'

const instrument = (symbol: string, name: string): Instrument => ({
  symbol,
  name,
  assetClass: 'us_equity',
  tickSize: '0.01',
  lotSize: '1',
  fractionable: false,
})
const INSTRUMENTS = [instrument('ACME', 'Acme Anvils'), instrument('NOVA', 'Nova Power')]

const ticker = (symbol: string, last: number, open: number): Ticker => ({
  symbol,
  tickSize: '0.01',
  lotSize: '1',
  sequence: 1,
  timeUs: 1,
  bid: null,
  ask: null,
  last,
  open,
  high: last,
  low: open,
  volume: 1200,
})

const keys = createKeys(() => false)

function show(onChoose = vi.fn()) {
  const store = createStore<MarketState>(() => ({
    connection: { phase: 'open', latencyMs: 1, live: true, lastHeardAt: 0 },
    tickers: new Map([['ACME', ticker('ACME', 10_142, 10_100)]]),
    active: null,
    resyncs: { count: 0, lastMs: null },
  }))
  render(
    <KeysContext value={keys}>
      <MarketProvider market={{ store } as unknown as Market}>
        <SymbolSearch instruments={INSTRUMENTS} chosen="ACME" onChoose={onChoose} />
      </MarketProvider>
    </KeysContext>,
  )
  return onChoose
}

describe('the symbol search', () => {
  it('AC-MKT-1 lists every symbol with last price and change', async () => {
    show()
    await userEvent.click(screen.getByRole('combobox', { name: 'Search symbols' }))
    const acme = await screen.findByRole('option', { name: /ACME/ })
    expect(acme).toHaveTextContent('101.42')
    expect(acme).toHaveTextContent('+0.42 %')
    expect(acme).toHaveTextContent('1,200')
    expect(screen.getByRole('option', { name: /NOVA/ })).toHaveTextContent('–')
  })

  it('AC-MKT-1 opens by its key, every symbol in it', async () => {
    show()
    act(() => keys.handle(new KeyboardEvent('keydown', { key: '/' })))
    expect(screen.getByRole('combobox', { name: 'Search symbols' })).toHaveFocus()
    expect(await screen.findAllByRole('option')).toHaveLength(2)
  })

  it('finds by name, and Enter chooses what is highlighted', async () => {
    const onChoose = show()
    const input = screen.getByRole('combobox', { name: 'Search symbols' })
    await userEvent.type(input, 'power')
    expect(await screen.findAllByRole('option')).toHaveLength(1)
    await userEvent.keyboard('{Enter}')
    expect(onChoose).toHaveBeenCalledExactlyOnceWith('NOVA')
    expect(input).toHaveValue('')
  })

  it('says so when nothing matches', async () => {
    show()
    await userEvent.type(screen.getByRole('combobox', { name: 'Search symbols' }), 'zzz')
    expect(await screen.findByText(/No symbol or name holds “zzz”/)).toBeVisible()
  })
})
