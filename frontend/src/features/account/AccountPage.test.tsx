import { act, screen } from '@testing-library/react'
import { createStore } from 'zustand/vanilla'
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { manualMarket } from '@/core/market/manual'
import { manualTrading } from '@/core/orders/manual'
import { localProblem } from '@/core/orders/problem'
import { MarketProvider } from '@/shared/market/MarketProvider'
import { type SessionTrading, TradingContext } from '@/shared/trading/context'
import { problem } from '@/testing/problem'
import { ORIGIN, renderWithServices } from '@/testing/renderWithServices'
import AccountPage from './AccountPage'

const server = setupServer()
let cash: number
let suspended: boolean
let sent: { path: string; key: string | null; amount: unknown }[]

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
beforeEach(() => {
  cash = 0
  sent = []
  suspended = false
  server.use(
    http.get(`${ORIGIN}/v2/account/configurations`, () =>
      HttpResponse.json({ suspend_trade: suspended }),
    ),
    http.get(`${ORIGIN}/v2/account/portfolio/history`, ({ request }) => {
      const { searchParams } = new URL(request.url)
      const isDay = searchParams.get('period') === '1D'
      return HttpResponse.json({
        timestamp: [1, 2],
        equity: [1000, isDay ? 990 : 1250.5],
        profit_loss: [0, isDay ? -10 : 50.5],
        profit_loss_pct: [0, 0.05],
        base_value: 1000,
        base_value_asof: '2026-11-20',
        timeframe: searchParams.get('timeframe'),
      })
    }),
    http.get(`${ORIGIN}/v1/account/statements`, () =>
      HttpResponse.json({
        statements: [{ date: '2026-11-20', opening_equity: '1000', closing_equity: '1250.5' }],
        next_cursor: null,
      }),
    ),
    http.patch(`${ORIGIN}/v2/account/configurations`, async ({ request }) => {
      suspended = ((await request.json()) as { suspend_trade: boolean }).suspend_trade
      return HttpResponse.json({ suspend_trade: suspended })
    }),
    http.post(`${ORIGIN}/v1/funding/*`, async ({ request }) => {
      const { amount } = (await request.json()) as { amount: string }
      const path = new URL(request.url).pathname
      sent.push({ path, key: request.headers.get('idempotency-key'), amount })
      if (path.endsWith('withdrawals') && Number(amount) > cash) {
        return problem(403, 'insufficient_cash', `insufficient cash (available: ${cash})`)
      }
      cash += path.endsWith('deposits') ? Number(amount) : -Number(amount)
      return HttpResponse.json({}, { status: 201 })
    }),
  )
})
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

/** The page of a trader whose account holds `cash`. */
function show(replaced: Parameters<typeof manualTrading>[0] = {}) {
  const { trading, time } = manualTrading({
    account: () => {
      const text = String(cash)
      return Promise.resolve({ cash: text, equity: text, buyingPower: text, mayTrade: true })
    },
    ...replaced,
  })
  const page = renderWithServices(
    <MarketProvider market={manualMarket().market}>
      <TradingContext value={createStore<SessionTrading>(() => ({ trading }))}>
        <AccountPage activity={null} />
      </TradingContext>
    </MarketProvider>,
  )
  /** Until what was sent was told to the account again, which is not asked more than once in a while. */
  const told = async (count: number) => {
    await expect.poll(() => sent.length).toBe(count)
    await screen.findByText(/^Deposited/)
    act(() => time.advance(10_000))
  }
  return { ...page, told }
}

const amountField = () => screen.getByLabelText('Amount in US dollars')

describe('the account page', () => {
  it('offers a new account its paper cash in one click, and not again', async () => {
    const { user, told } = show()
    await user.click(await screen.findByRole('button', { name: 'Deposit $100,000 paper cash' }))
    await told(1)
    expect(await screen.findAllByText('100,000.00')).toHaveLength(3)
    expect(screen.queryByRole('button', { name: 'Deposit $100,000 paper cash' })).toBeNull()
  })

  it('takes an amount as people write it', async () => {
    const { user, told } = show()
    await user.type(amountField(), '$2,500.50')
    await user.click(screen.getByRole('button', { name: 'Deposit' }))
    await told(1)
    expect(await screen.findAllByText('2,500.50')).toHaveLength(3)
    expect(sent).toMatchObject([{ path: '/v1/funding/deposits', amount: '2500.50' }])
  })

  it.each(['', '0', '-5', '1e3', '1.234'])('sends nothing for “%s”', async (text) => {
    const { user } = show()
    if (text !== '') await user.type(amountField(), text)
    await user.click(screen.getByRole('button', { name: 'Withdraw' }))
    expect(await screen.findByRole('alert')).toHaveTextContent(/Enter an amount/)
    expect(sent).toEqual([])
  })

  it('shows the refusal beside the amount', async () => {
    const { user } = show()
    await user.type(amountField(), '10')
    await user.click(screen.getByRole('button', { name: 'Withdraw' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('Insufficient cash (available: 0)')
    expect(amountField()).toHaveAccessibleDescription('Insufficient cash (available: 0)')
  })

  it('repeats a deposit of unknown outcome under the same key, and a new one under another', async () => {
    let isLost = true
    server.use(
      http.post(`${ORIGIN}/v1/funding/deposits`, ({ request }) => {
        sent.push({ path: '', key: request.headers.get('idempotency-key'), amount: '' })
        return isLost ? HttpResponse.error() : HttpResponse.json({}, { status: 201 })
      }),
    )
    const { user } = show()
    const deposit = screen.getByRole('button', { name: 'Deposit' })
    await user.type(amountField(), '10')
    await user.click(deposit)
    expect(await screen.findByRole('alert')).toHaveTextContent(/not known yet/)
    isLost = false
    await user.click(deposit)
    await screen.findByText(/Deposited \$10.00/)
    await user.type(amountField(), '10')
    await user.click(deposit)
    await expect.poll(() => sent.length).toBe(3)
    const [first, second, third] = sent.map(({ key }) => key)
    expect(first).toBeTruthy()
    expect(second).toBe(first)
    expect(third).not.toBe(first)
  })

  it('AC-ACC-3 shows the equity over time, and a statement for each day', async () => {
    const { user } = show()
    const chart = (name: RegExp) => screen.findByRole('img', { name })
    expect(await chart(/one month: from 1,000.00 to 1,250.50/)).toBeInTheDocument()
    expect(screen.getByText('+50.50')).toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'One day' }))
    expect(await chart(/one day: from 1,000.00 to 990.00/)).toBeInTheDocument()
    expect(screen.getByText('−10.00')).toBeInTheDocument()
    expect(screen.getByRole('row', { name: /2026-11-20 1,000.00 1,250.50/ })).toBeInTheDocument()
  })

  it('AC-ACC-4 tells what was gained, what is on its way and what trading costs', async () => {
    const figures = {
      realizedProfit: '-12.5',
      feeTier: 'gold',
      makerFeeRate: '0.001',
      takerFeeRate: '0.0025',
      inTransit: '250',
    }
    const rest = { cash: '10', equity: '10', buyingPower: '10', mayTrade: true }
    show({ account: () => Promise.resolve({ ...rest, figures }) })
    expect(await screen.findByText('−12.50')).toBeInTheDocument()
    expect(screen.getByText('250.00')).toBeInTheDocument()
    expect(screen.getByText('tier gold')).toBeInTheDocument()
    expect(screen.getByText('0.1 % making, 0.25 % taking')).toBeInTheDocument()
  })

  it('AC-ACC-5 suspends trading, and lets it go on', async () => {
    const { user } = show()
    const suspend = await screen.findByRole('switch', { name: /Suspend trading/ })
    await user.click(suspend)
    expect(await screen.findByText('Trading is suspended.')).toBeInTheDocument()
    expect([suspended, (suspend as HTMLInputElement).checked]).toEqual([true, true])
    await user.click(suspend)
    expect(await screen.findByText('Trading goes on.')).toBeInTheDocument()
    expect(suspended).toBe(false)
  })

  it('says what went wrong, with the id to quote', async () => {
    const told = { ...localProblem('unavailable', 'come back later'), requestId: 'r-1' }
    show({ account: () => Promise.reject(new Error('down')), problemOf: () => told })
    const alert = await screen.findByRole('alert')
    expect(alert).toHaveTextContent('come back later')
    expect(alert).toHaveTextContent('r-1')
  })
})
