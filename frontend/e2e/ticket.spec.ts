import { expect, signIn, test } from './fixtures.ts'
import { bookOf, Person, quotedSymbol } from './people.ts'

test('AC-TKT-1 a limit order says what it will do, and rests in the book', async ({
  desk,
  trader,
}) => {
  const { symbol, maker } = await quotedSymbol()
  await desk.open(symbol)
  await desk.write({ quantity: '5', price: '101.2' })
  await expect(desk.send).toHaveText(`Buy 5 ${symbol} at 101.20`)
  await desk.send.click()
  await expect(desk.outcomes).toContainText(`Accepted: buy 5 ${symbol} at 101.2`)
  await expect(desk.cell('101.20', 'bid')).toContainText('5')
  const { bids } = await bookOf(maker, symbol)
  expect(bids.at(-1)).toMatchObject({ size: '5', price: expect.stringMatching(/^101\.20?$/) })
  expect(await trader.orders()).toMatchObject([{ symbol, side: 'buy', qty: '5', status: 'new' }])
})

test('AC-TKT-2 a market order is filled, and the ticket says so', async ({ desk, trader }) => {
  const { symbol } = await quotedSymbol()
  await desk.open(symbol)
  await desk.ticket.getByLabel('Type').selectOption('Market')
  await desk.write({ quantity: '5' })
  await expect(desk.send).toHaveText(new RegExp(`^Buy 5 ${symbol} at market$`))
  await desk.send.click()
  await expect(desk.outcomes).toContainText(`Filled 5 @ 101.27: buy 5 ${symbol} at market`)
  expect(await trader.orders()).toMatchObject([{ status: 'filled', filled_qty: '5' }])
})

test('AC-TKT-3 all times in force are offered; one that cannot trade at once ends as cancelled', async ({
  desk,
  trader,
}) => {
  const { symbol } = await quotedSymbol()
  await desk.open(symbol)
  const choice = desk.ticket.getByLabel('Time in force')
  await expect(choice.locator('option')).toHaveText([
    'Day',
    'Until cancelled',
    'Until a date',
    'Immediate or cancel',
    'Fill or kill',
  ])
  for (const [name, price] of [
    ['Immediate or cancel', '101.20'],
    ['Fill or kill', '101.21'],
  ] as const) {
    await choice.selectOption(name)
    await desk.write({ quantity: '5', price })
    await desk.send.click()
    await expect(
      desk.outcomes.getByText(`Cancelled, nothing filled: buy 5 ${symbol} at ${price}`),
    ).toBeVisible()
  }
  expect((await trader.orders()).map(({ status }) => status)).toEqual(['canceled', 'canceled'])
})

test('AC-TKT-4 arrow keys step by a tick and a lot, with shift by ten', async ({
  desk,
  page,
  trader,
}) => {
  const { symbol } = await quotedSymbol()
  await desk.open(symbol)
  await desk.write({ quantity: '7', price: '101.25' })
  await desk.quantity.focus()
  for (const [key, value] of [
    ['ArrowUp', '8'],
    ['Shift+ArrowUp', '18'],
    ['ArrowDown', '17'],
    ['Shift+ArrowDown', '7'],
  ] as const) {
    await page.keyboard.press(key)
    await expect(desk.quantity).toHaveValue(value)
  }
  await desk.price.focus()
  for (const [key, value] of [
    ['ArrowUp', '101.26'],
    ['Shift+ArrowUp', '101.36'],
    ['ArrowDown', '101.35'],
    ['Shift+ArrowDown', '101.25'],
  ] as const) {
    await page.keyboard.press(key)
    await expect(desk.price).toHaveValue(value)
  }
  expect(await trader.orders()).toEqual([])
})

test('AC-TKT-5 cost and what is left are shown before the order is sent', async ({
  desk,
  trader,
}) => {
  const { symbol } = await quotedSymbol()
  await desk.open(symbol)
  await desk.write({ quantity: '40', price: '101.20' })
  await expect(desk.ticket.getByText('Cost', { exact: true })).toBeVisible()
  const shown = desk.ticket.getByRole('definition')
  await expect(shown).toHaveText(['4,048.00', '95,952.00'])
  await desk.write({ quantity: '1000', price: '101.20' })
  await expect(desk.quantity).toHaveAccessibleDescription('not enough')
  expect(await trader.orders()).toEqual([])

  await desk.write({ quantity: '40', price: '101.20' })
  await desk.send.click()
  await expect(desk.outcomes).toContainText('Accepted')
  const { buying_power } = await trader.call<{ buying_power: string }>('GET', '/v2/account')
  expect(Number(buying_power)).toBe(95_952)
})

test('AC-TKT-6 the platform’s refusal stands beside the field it is about', async ({
  desk,
  trader,
}) => {
  const { symbol } = await quotedSymbol()
  await desk.open(symbol)
  await desk.write({ quantity: '1000', price: '101.20' })
  await desk.send.click()
  await expect(desk.quantity).toHaveAccessibleDescription(/insufficient buying power/i)
  // As long as the request may still be on its way nobody can say so.
  await expect(desk.outcomes).toContainText('Not placed', { timeout: 60_000 })
  expect((await trader.orders()).filter(({ status }) => status !== 'rejected')).toEqual([])

  await desk.write({ side: 'Sell', quantity: '3', price: '101.40' })
  await desk.send.click()
  await expect(desk.quantity).toHaveAccessibleDescription(/insufficient/i)
})

test('AC-TKT-7 a double click and Enter make one order', async ({ desk, page, trader }) => {
  const { symbol } = await quotedSymbol()
  await desk.open(symbol)
  let asked = 0
  let goOn = () => {}
  const pressed = new Promise<void>((resolve) => (goOn = resolve))
  // The order is on its way until all has been pressed, however slow the machine.
  await page.route('**/v2/orders', async (route) => {
    if (route.request().method() === 'POST') {
      asked += 1
      await pressed
    }
    await route.fallback()
  })
  await desk.write({ quantity: '5', price: '101.20' })
  await desk.send.dblclick()
  await desk.price.press('Enter')
  await expect(desk.outcomes).toContainText('Sending: buy 5')
  goOn()
  await expect(desk.outcomes).toContainText('Accepted')
  expect(asked).toBe(1)
  expect(await trader.orders()).toHaveLength(1)
})

test('AC-TKT-8 an order whose answer was lost is unknown until it is known, and sent again under its name', async ({
  desk,
  page,
  trader,
  trouble,
}) => {
  trouble.expect(/net::ERR_/)
  const { symbol } = await quotedSymbol()
  const names: string[] = []
  const away = { stream: true, look: true }
  // Nothing tells the page what became of its order: no answer, no update, no look.
  await page.routeWebSocket(/\/stream\?ticket=/, (socket) => {
    if (away.stream) void socket.close()
    else socket.connectToServer()
  })
  await page.route(/\/v2\/(orders|account|positions)/, async (route) => {
    const request = route.request()
    if (request.method() === 'POST') {
      names.push((request.postDataJSON() as { client_order_id: string }).client_order_id)
      await route.fetch()
      return route.abort('connectionreset')
    }
    return away.look && names.length > 0 ? route.abort() : route.fallback()
  })
  await desk.open(symbol)
  await desk.write({ quantity: '5', price: '101.20' })
  await desk.send.click()
  await expect(desk.outcomes).toContainText(`Unknown, checking: buy 5 ${symbol} at 101.2`)
  await desk.showTab('Open orders')
  await expect(desk.row('Unknown: checking')).toContainText(symbol)
  // It was placed, though nobody here knows.
  expect(await trader.orders()).toMatchObject([{ client_order_id: names[0], status: 'new' }])

  await expect(desk.send).toHaveText(/^Send again: Buy 5/)
  // Soon after the first press a second one is half of a double click: somebody presses once more.
  await expect(async () => {
    await desk.send.click()
    expect(names.length).toBeGreaterThan(1)
  }).toPass()
  expect(new Set(names).size).toBe(1)
  expect(await trader.orders()).toHaveLength(1)

  away.look = away.stream = false
  await expect(desk.outcomes).toContainText('Accepted: buy 5')
  await expect(desk.row('Working')).toContainText(symbol)
})

test('AC-TKT-8 an order that never arrived is said not to be placed, and can be sent again', async ({
  desk,
  page,
  trader,
  trouble,
}) => {
  trouble.expect(/net::ERR_/)
  const { symbol } = await quotedSymbol()
  const names: string[] = []
  await page.route('**/v2/orders', (route) => {
    if (route.request().method() !== 'POST') return route.fallback()
    names.push((route.request().postDataJSON() as { client_order_id: string }).client_order_id)
    return names.length === 1 ? route.abort('connectionreset') : route.fallback()
  })
  await desk.open(symbol)
  await desk.write({ quantity: '5', price: '101.20' })
  await desk.send.click()
  await expect(desk.outcomes).toContainText('Unknown, checking')
  // As long as the request may still be on its way nobody can say so.
  await expect(desk.outcomes).toContainText('Not placed', { timeout: 60_000 })
  expect(await trader.orders()).toEqual([])
  await desk.send.click()
  await expect(desk.outcomes).toContainText('Accepted: buy 5')
  expect(names[1]).toBe(names[0])
  expect(await trader.orders()).toMatchObject([{ client_order_id: names[0] }])
})

test('AC-TKT-9 without cash the ticket offers the deposit of paper cash', async ({
  desk,
  page,
}) => {
  const [{ symbol }, newcomer] = await Promise.all([quotedSymbol(), Person.register('newcomer')])
  await signIn(page, newcomer.username)
  await desk.open(symbol)
  const deposit = page.getByRole('button', { name: 'Deposit $100,000 paper cash' })
  await deposit.click()
  await expect(page.getByRole('banner')).toContainText('100,000.00')
  await expect(deposit).toHaveCount(0)
  await desk.write({ quantity: '5', price: '101.27' })
  await desk.send.click()
  await expect(desk.outcomes).toContainText('Filled 5 @ 101.27')
})
