import { act, fireEvent, screen } from '@testing-library/react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { beforeEach, describe, expect, it } from 'vitest'
import { Decimal } from '@/core/numbers/decimal'
import { createStore } from 'zustand/vanilla'
import { createApi } from '@/api/client'
import { snapshotOf, tradesOf } from '@/core/market/manual'
import { manualTrading, settled } from '@/core/orders/manual'
import { localProblem } from '@/core/orders/problem'
import { ApiContext } from '@/shared/api/context'
import { KeysContext } from '@/shared/keys/context'
import { createKeys } from '@/shared/keys/registry'
import { renderWithMarket } from '@/shared/market/testing'
import { type SessionTrading, TradingContext } from '@/shared/trading/context'
import { fillTicket, resetTicket } from '@/shared/trading/ticket'
import { Ticket } from './Ticket'

beforeEach(resetTicket)

async function ticket(...replaced: Parameters<typeof manualTrading>) {
  const scene = manualTrading(...replaced)
  const page = renderWithMarket(
    <QueryClientProvider client={new QueryClient()}>
      <ApiContext value={createApi({ origin: 'http://platform.test' })}>
        <KeysContext value={createKeys(() => true)}>
          <TradingContext value={createStore<SessionTrading>(() => ({ trading: scene.trading }))}>
            <Ticket invitation={null} />
          </TradingContext>
        </KeysContext>
      </ApiContext>
    </QueryClientProvider>,
  )
  page.begin()
  page.show(
    tradesOf([[1, 10_000, 5, 'buy', 1]], true),
    snapshotOf({ sequence: 1, bids: [[9_999, 5, 1]], asks: [[10_001, 5, 1]] }),
  )
  await act(settled)
  return { scene, page }
}

const field = (name: string) => screen.getByLabelText(name)
const type = (name: string, value: string) => fireEvent.change(field(name), { target: { value } })
const button = (name: RegExp | string) => screen.getByText(name, { selector: 'button' })
const placed = (calls: readonly string[]) => calls.filter((call) => call.startsWith('place'))

describe('the ticket', () => {
  it('AC-TKT-5 AC-TKT-7 previews, and makes one order of a double click', async () => {
    const { scene } = await ticket()
    type('Quantity', '100')
    type('Price', '101.25')
    expect(screen.getByText('10,125.00')).toBeInTheDocument()
    expect(screen.getByText('89,875.00')).toBeInTheDocument()
    const submit = button('Buy 100 ACME at 101.25')
    fireEvent.click(submit)
    fireEvent.click(submit)
    await act(settled)
    expect(placed(scene.platform.calls)).toHaveLength(1)
    expect(screen.getByText(/^Accepted: buy 100 ACME/)).toBeInTheDocument()
  })

  it('begins with the last price, and keeps what was cleared', async () => {
    await ticket()
    expect(field('Price')).toHaveValue('100.00')
    type('Price', '')
    expect(field('Price')).toHaveValue('')
  })

  it('AC-TKT-5 previews by the fee and the collar that the account tells', async () => {
    const rules = { takerFeeRate: Decimal.parse('0.01'), marketCollar: Decimal.parse('0.05') }
    const cash = { cash: '1000', equity: '1000', buyingPower: '1000', mayTrade: true, rules }
    await ticket({ account: () => Promise.resolve(cash) })
    type('Quantity', '5')
    // 5 x 100 with 1 % of fee
    expect(screen.getByText('505.00')).toBeInTheDocument()
    fireEvent.change(field('Type'), { target: { value: 'market' } })
    expect(screen.getByText(/^At most 105\.00 each/)).toBeInTheDocument()
    expect(screen.getByText('530.25')).toBeInTheDocument()
  })

  it('sends nothing while the account may not trade, and says so', async () => {
    const cash = { cash: '1000', equity: '1000', buyingPower: '1000', mayTrade: false }
    const { scene } = await ticket({ account: () => Promise.resolve(cash) })
    type('Quantity', '5')
    expect(screen.getByText(/Your account may not trade/)).toBeInTheDocument()
    expect(button(/^Buy 5/)).toBeDisabled()
    fireEvent.submit(screen.getByLabelText('Order'))
    await act(settled)
    expect(placed(scene.platform.calls)).toEqual([])
  })

  it('says beside the quantity that it is more than there is', async () => {
    await ticket()
    type('Quantity', '5000')
    expect(field('Quantity')).toHaveAccessibleDescription('not enough')
    type('Quantity', '5')
    expect(field('Quantity')).toHaveAccessibleDescription('')
  })

  it('AC-TKT-6 says a refusal beside its field', async () => {
    const problem = { ...localProblem('insufficient_buying_power', 'insufficient buying power') }
    await ticket({ place: () => Promise.resolve({ kind: 'refused', problem }) })
    type('Quantity', '5')
    type('Price', '100')
    fireEvent.click(button(/^Buy 5/))
    await act(settled)
    expect(field('Quantity')).toHaveAccessibleDescription('Insufficient buying power.')
    type('Quantity', '4')
    expect(field('Quantity')).not.toBeInvalid()
  })

  it('AC-BOOK-5 sends nothing from a book that stopped being live in this moment', async () => {
    const { scene, page } = await ticket()
    type('Quantity', '5')
    type('Price', '100')
    act(() => page.client.market.resync())
    fireEvent.submit(screen.getByLabelText('Order'))
    await act(settled)
    expect(placed(scene.platform.calls)).toEqual([])
    expect(button(/^Buy 5/)).toBeDisabled()
    expect(screen.getByText(/out of date/)).toBeInTheDocument()
  })

  it('AC-BOOK-4 is filled from the ladder, and AC-TKT-8 says that an outcome is unknown', async () => {
    const problem = localProblem('no_answer', 'no answer')
    await ticket({ place: () => Promise.resolve({ kind: 'lost', problem }) })
    const instrument = { symbol: 'ACME', tickSize: '0.01', lotSize: '1' }
    act(() => fillTicket({ instrument, side: 'sell', ticks: 9_999, lots: 3 }))
    fireEvent.click(button('Sell 3 ACME at 99.99'))
    await act(settled)
    expect(screen.getByText(/^Unknown, checking: sell 3/)).toBeInTheDocument()
    expect(button('Send again: Sell 3 ACME at 99.99')).toBeEnabled()
  })
})
