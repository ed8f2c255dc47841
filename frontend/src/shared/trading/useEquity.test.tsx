import { act, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { tickerOf } from '@/core/market/manual'
import { manualTrading, settled } from '@/core/orders/manual'
import { renderWithMarket } from '@/shared/market/testing'
import { type SessionTrading, TradingContext } from './context'
import { useEquity } from './useEquity'

function Equity() {
  return <p>equity {useEquity()}</p>
}

const HELD = [
  { symbol: 'ACME', quantity: '2', cost: '20' },
  { symbol: 'OTHER', quantity: '3', cost: '30' },
]

async function equity() {
  const scene = manualTrading({
    account: () =>
      Promise.resolve({ cash: '1000', equity: '1234.5', buyingPower: '1000', mayTrade: true }),
    positions: () => Promise.resolve(HELD),
  })
  const page = renderWithMarket(
    <TradingContext value={createStore<SessionTrading>(() => ({ trading: scene.trading }))}>
      <Equity />
    </TradingContext>,
  )
  await act(settled)
  act(() => page.client.market.watchTickers('*'))
  page.begin()
  return page
}

describe('equity', () => {
  it('is what the platform counted while one held symbol has no price', async () => {
    const page = await equity()
    expect(screen.getByText('equity 1234.5')).toBeInTheDocument()
    page.show(tickerOf('ACME', 1_050))
    expect(screen.getByText('equity 1234.5')).toBeInTheDocument()
  })

  it('moves with the market once every held symbol has one', async () => {
    const page = await equity()
    page.show(tickerOf('ACME', 1_050), tickerOf('OTHER', 2_000))
    expect(screen.getByText('equity 1081.00')).toBeInTheDocument()
    page.show(tickerOf('ACME', 1_100, 2))
    expect(screen.getByText('equity 1082.00')).toBeInTheDocument()
  })
})
