import { expect, test } from './fixtures.ts'
import { Feed } from './feed.ts'
import { bookOf, type Level, listSymbol, marketMaker, Person, quotedSymbol } from './people.ts'
import { accessFile, startTool } from './platform.ts'

test('AC-BOOK-1 after trading stops the ladder shows the platform’s book, level by level', async ({
  desk,
}) => {
  const { symbol, maker } = await quotedSymbol()
  const taker = await Person.register('taker')
  await taker.deposit('1000000')
  await desk.open(symbol)
  for (let round = 0; round < 8; round += 1) {
    const away = round % 4
    const [bid] = await Promise.all([
      maker.order('buy', symbol, String(3 + round), (101.24 - away / 100).toFixed(2)),
      maker.order('sell', symbol, String(5 + round), (101.26 + away / 100).toFixed(2)),
    ])
    await taker.order('buy', symbol, String(2 * round + 1), '101.29', 'ioc')
    if (round % 3 === 0) await maker.cancel(bid.id)
  }
  const line = (side: string) => (level: Level) =>
    `${side} ${Number(level.price).toFixed(2)} ${level.size}`
  // The book that is asked for may be some trades behind the orders' answers, as the ladder may.
  await expect(async () => {
    const { bids, asks } = await bookOf(maker, symbol)
    const expected = [...asks.toReversed().map(line('ask')), ...bids.map(line('bid'))]
    expect(expected.length).toBeGreaterThan(4)
    expect(await desk.levels()).toEqual(expected)
  }).toPass({ timeout: 15_000 })
})

test('AC-BOOK-2 a level that is cancelled or bought away is gone from the ladder', async ({
  desk,
}) => {
  const { symbol, maker } = await quotedSymbol()
  await maker.order('sell', symbol, '7', '101.26')
  const farther = await maker.order('sell', symbol, '8', '101.28')
  await desk.open(symbol)
  await expect(desk.cell('101.26', 'ask')).toHaveText('7')
  await expect(desk.cell('101.28', 'ask')).toHaveText('8')
  await maker.cancel(farther.id)
  await expect(desk.cell('101.28', 'ask')).toHaveText('')
  const taker = await Person.register('taker')
  await taker.deposit('10000')
  await taker.order('buy', symbol, '7', '101.26', 'ioc')
  await expect(desk.cell('101.26', 'ask')).toHaveText('')
  await expect(desk.cell('101.27', 'ask')).toHaveText('100')
})

test('AC-BOOK-3 rows stay under the pointer while quantities go on', async ({ desk, page }) => {
  const { symbol, maker } = await quotedSymbol()
  await desk.open(symbol)
  await expect(desk.cell('101.23', 'bid')).toHaveText('100')
  await desk.cell('101.23', 'bid').hover()
  const before = await desk.prices()

  // The market moves far above what is shown.
  await maker.cancelAll()
  await maker.order('buy', symbol, '9', '105.00')
  await maker.order('sell', symbol, '9', '105.10')
  await expect(desk.ladder).toContainText('Spread 0.10')
  await expect(desk.cell('101.23', 'bid')).toHaveText('')
  await maker.order('buy', symbol, '11', '101.23')
  await expect(desk.cell('101.23', 'bid')).toHaveText('11')
  expect(await desk.prices()).toEqual(before)

  await page.mouse.move(0, 0)
  await expect(desk.cell('105.00', 'bid')).toHaveText('9')
})

test('AC-BOOK-4 a click on a price fills the ticket with it and the side that would take it', async ({
  desk,
  trader,
}) => {
  const { symbol } = await quotedSymbol()
  await desk.open(symbol)
  await desk.cell('101.27', 'ask').click()
  await expect(desk.price).toHaveValue('101.27')
  await expect(desk.ticket.getByRole('radio', { name: 'Buy' })).toBeChecked()
  await desk.cell('101.23', 'bid').click()
  await expect(desk.price).toHaveValue('101.23')
  await expect(desk.ticket.getByRole('radio', { name: 'Sell' })).toBeChecked()
  expect(await trader.orders()).toEqual([])
})

test('AC-BOOK-5 a gap blocks order entry from its message on, and heals by itself', async ({
  desk,
  page,
  trader,
}) => {
  const { symbol, maker } = await quotedSymbol()
  const doomed = await maker.order('sell', symbol, '8', '101.28')
  const feed = await Feed.of(page)
  await desk.open(symbol)
  await expect(desk.cell('101.28', 'ask')).toHaveText('8')
  await desk.write({ quantity: '5', price: '101.20' })
  await expect(desk.send).toBeEnabled()

  feed.holdsResyncs = true
  const lost = feed.loseDelta()
  await maker.cancel(doomed.id)
  await lost
  // The page cannot know yet: only the next message shows that one is missing.
  await expect(desk.send).toBeEnabled()
  await maker.order('sell', symbol, '3', '101.29')
  await expect(desk.send).toBeDisabled()
  await expect(desk.ticket).toContainText('The order book is out of date')
  await expect(desk.connection).toContainText('stale book')
  await expect(desk.banner).toBeVisible()
  await desk.price.press('Enter')
  await desk.cell('101.23', 'bid').click()
  await expect(desk.price).toHaveValue('101.20')

  feed.holdsResyncs = false
  await expect(desk.send).toBeEnabled()
  await expect(desk.banner).toHaveCount(0)
  await expect(desk.cell('101.28', 'ask')).toHaveText('')
  await expect(desk.cell('101.29', 'ask')).toHaveText('3')
  // Neither the press nor the click while it was stale did anything.
  expect(await trader.orders()).toEqual([])
})

test('AC-BOOK-6 a burst of 2,000 prints does not freeze the ticket', async ({ desk, trader }) => {
  const where = ['--access', accessFile()]
  await startTool(
    'simulator',
    'scene',
    '--symbols',
    'NOVA',
    '--seed',
    '11',
    '--steps',
    '40',
    ...where,
  )
  await desk.open('NOVA')
  const volume = desk.page.getByRole('banner').getByText(/^vol /)
  const before = (await volume.textContent()) ?? ''
  const burst = { ended: false }
  const printed = startTool('simulator', 'burst', '--symbol', 'NOVA', '--prints', '2000', ...where)
  const done = printed.finally(() => (burst.ended = true))
  await expect(volume).not.toHaveText(before)
  let typed = 0
  do {
    typed += 1
    await desk.quantity.fill(String(typed))
    await expect(desk.send).toContainText(`Buy ${typed.toLocaleString('en-US')} NOVA`)
  } while (!burst.ended)
  await done
  expect(typed).toBeGreaterThan(5)
  await expect(desk.tape.locator('tbody tr')).toHaveCount(60)
  expect(await trader.orders()).toEqual([])
})

test('AC-BOOK-7 own orders are marked with what is left of them', async ({ desk, trader }) => {
  const { symbol, maker } = await quotedSymbol()
  await desk.open(symbol)
  const mine = await trader.order('buy', symbol, '30', '101.23')
  const cell = desk.cell('101.23', 'bid')
  await expect(cell).toHaveText('yours 30130')
  await maker.order('sell', symbol, '110', '101.23', 'ioc')
  await expect(cell).toHaveText('yours 2020')
  await trader.cancel(mine.id)
  await expect(cell).toHaveText('')
})

test('AC-BOOK-8 the best levels can be read as a table, and heard on demand', async ({
  desk,
  page,
}) => {
  const { symbol, maker } = await quotedSymbol()
  await maker.order('sell', symbol, '1500', '101.30')
  await desk.open(symbol)
  const table = page.getByRole('table', { name: `Best levels of ${symbol}` })
  await expect(table.getByRole('columnheader')).toHaveText([
    'Bid quantity',
    'Bid price',
    'Ask price',
    'Ask quantity',
  ])
  await expect(table.getByRole('row').nth(1).getByRole('cell')).toHaveText([
    '100',
    '101.23',
    '101.27',
    '100',
  ])
  await expect(table.getByRole('row').nth(2).getByRole('cell')).toHaveText([
    'none',
    'none',
    '101.30',
    '1,500',
  ])
  await page.getByRole('button', { name: 'Say the market' }).press('Enter')
  const sentence = `${symbol}: bid 101.23 for 100, ask 101.27 for 100, spread 0.04, last 101.25.`
  await expect(desk.ladder.getByRole('status').filter({ hasText: sentence })).toBeVisible()
})

test('a visitor sees an empty book say what would begin it', async ({ page }) => {
  const symbol = await listSymbol()
  await page.goto(`/trade/${symbol}`)
  await expect(page.getByText(`Nobody bids or offers ${symbol} yet.`)).toBeVisible()
  const maker = await marketMaker(symbol)
  await maker.order('sell', symbol, '4', '50.00')
  await expect(page.getByRole('grid')).toContainText('50.00')
})
