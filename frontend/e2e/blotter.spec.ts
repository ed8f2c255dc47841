import { readFile } from 'node:fs/promises'
import { expect, test } from './fixtures.ts'
import { quotedSymbol, trade } from './people.ts'

test('AC-BLT-1 open orders show filled and left; one can be cancelled, and all at once', async ({
  desk,
  page,
  trader,
}) => {
  const { symbol, maker } = await quotedSymbol()
  await desk.open(symbol)
  for (const [qty, price] of [
    ['30', '101.24'],
    ['4', '101.22'],
    ['5', '101.21'],
  ] as const) {
    await trader.order('buy', symbol, qty, price)
  }
  await maker.order('sell', symbol, '10', '101.24', 'ioc')
  await page.getByRole('tab', { name: 'Open orders 3' }).click()
  const partly = desk.row('101.24').getByRole('cell')
  await expect(partly.nth(7)).toHaveText('10')
  await expect(partly.nth(8)).toHaveText('20')
  await expect(desk.row('101.24')).toContainText('Partly filled')

  await page.getByRole('button', { name: `Cancel buy 4 ${symbol} at 101.22` }).click()
  await expect(desk.row('101.22')).toHaveCount(0)
  await expect(page.getByRole('tab', { name: 'Open orders 2' })).toBeVisible()

  await page.getByRole('button', { name: 'Cancel all' }).click()
  await page.getByRole('button', { name: 'Cancel 2 open orders' }).click()
  await expect(page.getByText('No open orders.')).toBeVisible()
  const ended = await trader.orders()
  expect(ended.map(({ status }) => status)).toEqual(['canceled', 'canceled', 'canceled'])
})

test('AC-BLT-2 fills appear by themselves', async ({ desk, trader }) => {
  const { symbol, maker } = await quotedSymbol()
  await desk.open(symbol)
  await desk.showTab('Fills')
  await expect(desk.page.getByText('No fills yet.')).toBeVisible()
  await trader.order('buy', symbol, '6', '101.24')
  await maker.order('sell', symbol, '6', '101.24', 'ioc')
  await expect(desk.row(symbol)).toHaveCount(1)
  await expect(desk.row(symbol)).toContainText(/Buy\s*6/)
  await maker.order('buy', symbol, '2', '101.25')
  await trader.order('sell', symbol, '2', '101.25', 'ioc')
  await expect(desk.row(symbol)).toHaveCount(2)
  await expect(desk.row(symbol).first()).toContainText(/Sell\s*2/)
})

test('AC-BLT-3 positions show average, last and P&L that moves with the market', async ({
  desk,
  trader,
}) => {
  const { symbol, maker } = await quotedSymbol()
  await trader.order('buy', symbol, '10', '101.27', 'ioc')
  await desk.open(symbol)
  const cells = desk.row(symbol).getByRole('cell')
  await expect(cells.nth(2)).toHaveText(/^101\.27/)
  await expect(cells.nth(3)).toHaveText('101.27')
  await expect(cells.nth(5)).toContainText('0.00')
  await maker.cancelAll()
  await trade(maker, symbol, '1', '102.27')
  await expect(cells.nth(3)).toHaveText('102.27')
  await expect(cells.nth(5)).toContainText('▲+10.00 (+0.99 %)')
  await trade(maker, symbol, '1', '100.27')
  await expect(cells.nth(5)).toContainText('▼−10.00 (−0.99 %)')
})

test('AC-BLT-4 a position is closed from its row', async ({ desk, page, trader }) => {
  const { symbol } = await quotedSymbol()
  await trader.order('buy', symbol, '10', '101.27', 'ioc')
  await desk.open(symbol)
  await page.getByRole('button', { name: `Close ${symbol}: fill the ticket` }).click()
  await expect(desk.quantity).toHaveValue('10')
  await expect(desk.quantity).toBeFocused()
  await expect(desk.send).toHaveText(new RegExp(`^Sell 10 ${symbol} at market$`))
  expect(await trader.orders()).toHaveLength(1)
  await page.keyboard.press('Enter')
  await expect(desk.outcomes).toContainText('Filled 10 @ 101.23')
  await expect(page.getByText('No positions.')).toBeVisible()
  expect(await trader.call('GET', '/v2/positions')).toEqual([])
})

test('AC-BLT-5 what a tab shows is saved as CSV', async ({ desk, page, trader }) => {
  const { symbol } = await quotedSymbol()
  await trader.order('buy', symbol, '10', '101.27', 'ioc')
  await trader.order('buy', symbol, '3', '101.27', 'ioc')
  await desk.open(symbol)
  await desk.showTab('Fills')
  await expect(desk.row(symbol)).toHaveCount(2)
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save fills as CSV' }).click()
  const file = await saved
  expect(file.suggestedFilename()).toBe('fills.csv')
  const [head, ...lines] = (await readFile(await file.path(), 'utf8')).trim().split(/\r?\n/)
  expect(head?.split(',').slice(0, 4)).toEqual(['Time', 'Symbol', 'Side', 'Quantity'])
  expect(lines.map((line) => line.split(',').slice(1, 4))).toEqual([
    [symbol, 'buy', '3'],
    [symbol, 'buy', '10'],
  ])
})

test('AC-BLT-6 empty tabs say what to do next', async ({ desk, page, trader }) => {
  const { symbol } = await quotedSymbol()
  await desk.open(symbol)
  for (const [tab, sentence] of [
    ['Positions', 'No positions. What you buy stands here'],
    ['Open orders', 'No open orders. A limit order that does not trade at once waits here.'],
    ['History', 'No orders have ended yet.'],
    ['Fills', 'No fills yet.'],
  ] as const) {
    await desk.showTab(tab)
    await expect(page.getByRole('tabpanel')).toContainText(sentence)
  }
  await page.getByRole('button', { name: `Write an order for ${symbol}` }).click()
  await expect(desk.quantity).toBeFocused()
  expect(await trader.orders()).toEqual([])
  await desk.showTab('Activity')
  await expect(desk.row('Deposit')).toContainText('+100,000.00')
})
