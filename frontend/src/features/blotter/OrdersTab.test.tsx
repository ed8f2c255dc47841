import { act, fireEvent, screen, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { tickerOf } from '@/core/market/manual'
import { manualTrading, settled } from '@/core/orders/manual'
import type { Order } from '@/core/orders/order'
import { localProblem } from '@/core/orders/problem'
import { anOrder } from '@/core/orders/testing'
import { renderWithMarket } from '@/shared/market/testing'
import { type SessionTrading, TradingContext } from '@/shared/trading/context'
import { OrdersTab } from './OrdersTab'

async function tab(orders: readonly Order[], ...replaced: Parameters<typeof manualTrading>) {
  const scene = manualTrading(...replaced)
  for (const order of orders) scene.platform.orders.set(order.id, order)
  await settled()
  scene.listens()
  await settled()
  const page = renderWithMarket(
    <TradingContext value={createStore<SessionTrading>(() => ({ trading: scene.trading }))}>
      <OrdersTab trading={scene.trading} />
    </TradingContext>,
  )
  page.client.market.watchTickers('*')
  page.begin()
  page.show(tickerOf('ACME', 10_000))
  scene.trading.refresh()
  await act(settled)
  act(() => scene.time.advance(2_000))
  await act(settled)
  return scene
}

const row = (text: RegExp) => screen.getByRole('row', { name: text })
const change = () => screen.getByRole('form', { name: /^Change/ })
const field = (name: string) => within(change()).getByLabelText(name)
const type = (name: string, value: string) => fireEvent.change(field(name), { target: { value } })

const ENTRY = anOrder({ id: 'e', clientOrderId: 'e', orderClass: 'bracket', status: 'filled' })
const TP = anOrder({
  id: 't',
  clientOrderId: 't',
  side: 'sell',
  exit: 'take_profit',
  parentId: 'e',
  limitPrice: '110',
})
const SL = anOrder({
  ...TP,
  id: 's',
  clientOrderId: 's',
  exit: 'stop_loss',
  type: 'stop',
  limitPrice: null,
  stopPrice: '95',
})

describe('open orders', () => {
  it('AC-BLT-7 stand under their entry and are cancelled together', async () => {
    const { platform } = await tab([ENTRY, TP, SL])
    const rows = screen.getAllByRole('row').slice(1)
    expect(rows.map((each) => each.getAttribute('data-depth'))).toEqual(['0', '1', '1'])
    expect(row(/Take profit/)).toHaveTextContent('110.00')
    expect(row(/Stop loss/)).toHaveTextContent(/95\.00.*Waits for its stop/)
    fireEvent.click(within(rows[0] as HTMLElement).getByText('Cancel 2'))
    await act(settled)
    expect(platform.calls.filter((call) => call.startsWith('cancel'))).toHaveLength(1)
  })

  it('AC-BLT-7 that wait for their entry have no button of their own', async () => {
    await tab([
      { ...ENTRY, status: 'new' },
      { ...TP, status: 'held' },
    ])
    const waiting = row(/Waits for its entry/)
    expect(within(waiting).queryByRole('button')).toBeNull()
    expect(screen.getByText('Cancel 2')).toBeInTheDocument()
  })

  it('AC-BLT-8 are changed in their row: Enter sends what is another, Escape nothing', async () => {
    const { platform } = await tab([anOrder()])
    fireEvent.click(screen.getByText('Change'))
    expect(field('Price')).toHaveFocus()
    fireEvent.keyDown(field('Price'), { key: 'ArrowUp' })
    expect(field('Price')).toHaveValue('101.26')
    fireEvent.keyDown(field('Price'), { key: 'Escape' })
    expect(screen.queryByRole('form')).toBeNull()
    fireEvent.click(screen.getByText('Change'))
    type('Price', '101.30')
    expect(within(change()).getByText('Change to 100 at 101.30')).toBeInTheDocument()
    fireEvent.submit(change())
    await act(settled)
    expect(platform.calls).toContain('replace order-1 {"limitPrice":"101.30"}')
    expect(row(/Changing/)).toBeInTheDocument()
  })

  it('AC-BLT-8 say what is wrong with a change beside its field', async () => {
    const partly = anOrder({ status: 'partially_filled', filledQuantity: '40' })
    const { platform } = await tab([partly])
    fireEvent.click(screen.getByText('Change'))
    type('Quantity', '40')
    expect(field('Quantity')).toHaveAccessibleDescription(/40 of it is filled/)
    type('Price', '101.255')
    expect(field('Price')).toHaveAccessibleDescription(/tick size/)
    fireEvent.submit(change())
    await act(settled)
    expect(platform.calls.filter((call) => call.startsWith('replace'))).toEqual([])
  })

  it('AC-BLT-8 say why a change was refused', async () => {
    const problem = localProblem('insufficient_buying_power', 'insufficient buying power')
    await tab([anOrder()], { replace: () => Promise.resolve({ kind: 'refused', problem }) })
    fireEvent.click(screen.getByText('Change'))
    type('Quantity', '100000')
    fireEvent.submit(change())
    await act(settled)
    expect(screen.getByRole('alert')).toHaveTextContent('insufficient buying power')
  })

  it('AC-BLT-9 say what they were before', async () => {
    const old = anOrder({ status: 'replaced', replacedBy: 'new', limitPrice: '101.20' })
    await tab([old, anOrder({ id: 'new', clientOrderId: 'new', replaces: 'order-1' })])
    expect(screen.getAllByRole('row')).toHaveLength(2)
    expect(row(/was 100 at 101\.20/)).toHaveTextContent('101.25')
  })
})
