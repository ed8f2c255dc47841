import { expect, test } from './fixtures.ts'
import { tallest, widest } from './pixels.ts'
import { listSymbol, marketMaker, quotedSymbol, trade } from './people.ts'

test('AC-MKT-1 every symbol is listed with price and change, and choosing one changes the whole desk', async ({
  desk,
  page,
}) => {
  const [{ symbol }, other] = await Promise.all([quotedSymbol(), listSymbol()])
  const maker = await marketMaker(other)
  await trade(maker, other, '1', '50.00')
  await trade(maker, other, '1', '50.50')
  await maker.order('buy', other, '6', '50.40')
  await desk.open(symbol)
  await page.keyboard.press('/')
  const search = page.getByRole('combobox', { name: 'Search symbols' })
  await expect(search).toBeFocused()
  await page.keyboard.press('ArrowDown')
  const list = page.getByRole('listbox', { name: 'Symbols' })
  const option = (name: string) => list.getByRole('option').filter({ hasText: name })
  await expect(option(symbol)).toContainText('101.25')
  await expect(option(other)).toContainText('50.50')
  await expect(option(other)).toContainText('+1.00 %')

  await page.keyboard.type(other.toLowerCase())
  await expect(list.getByRole('option')).toHaveCount(1)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/trade/${other}$`))
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(other)
  await expect(desk.lastPrice).toHaveText('50.50')
  await expect(desk.cell('50.40', 'bid')).toHaveText('6')
  await expect(page.getByRole('region', { name: `Trades in ${other}` })).toContainText('50.50')
  await expect(page.getByRole('img', { name: `${other}, candles` })).toBeVisible()
  await expect(page.getByRole('img', { name: symbol })).toHaveCount(0)
})

test('AC-MKT-2 the chart forms its candle from live trades, and changes its time frame', async ({
  desk,
  page,
}) => {
  const { symbol, maker } = await quotedSymbol()
  await desk.open(symbol)
  const chart = page.getByRole('img', { name: `${symbol}, candles` })
  await expect(chart).toHaveAccessibleName(/candles of 1 minute, \d+ of them.* now 101\.25/)
  await page.getByRole('button', { name: '1 day' }).click()
  await expect(chart).toHaveAccessibleName(
    /candles of 1 day, 1 of them.* opened at 101\.25.* now 101\.25, volume 1\./,
  )
  // The tag of the last price is no candle: it is as high as a line of text.
  expect(await tallest(chart, '--up')).toBeLessThan(30)

  await maker.cancelAll()
  await trade(maker, symbol, '20', '102.00')
  await expect(chart).toHaveAccessibleName(/high 102\.00, low 101\.25, now 102\.00, volume 21\./)
  // A candle that rose has a body in the colour of rising.
  await expect.poll(() => tallest(chart, '--up')).toBeGreaterThan(60)
  await trade(maker, symbol, '5', '100.00')
  await expect(chart).toHaveAccessibleName(/high 102\.00, low 100\.00, now 100\.00, volume 26\./)
  await expect.poll(() => tallest(chart, '--down')).toBeGreaterThan(60)

  await page.getByRole('button', { name: '1 second' }).click()
  await expect(chart).toHaveAccessibleName(/candles of 1 second, \d+ of them.* now 100\.00/)
})

test('AC-MKT-3 open orders are lines on the chart, and fills are marks', async ({
  desk,
  page,
  trader,
}) => {
  const { symbol, maker } = await quotedSymbol()
  await desk.open(symbol)
  const chart = page.getByRole('img', { name: `${symbol}, candles` })
  await page.getByRole('button', { name: '1 day' }).click()
  await expect(chart).toHaveAccessibleName(/candles of 1 day/)
  // An order for sale is the only line in this colour: the last price went up.
  const line = () => widest(chart, '--ask')
  await trader.order('buy', symbol, '5', '101.27')
  await desk.showTab('Positions')
  await expect(desk.row(symbol)).toContainText('101.27')
  await expect(chart).toHaveAccessibleName(/now 101\.27/)
  await expect.poll(line).toBe(0)
  const resting = await trader.order('sell', symbol, '2', '101.26')
  await expect.poll(line).toBeGreaterThan(200)
  await trader.cancel(resting.id)
  await expect.poll(line).toBe(0)
  // A sale is an arrow in that colour, a few pixels wide.
  await maker.cancelAll()
  await maker.order('buy', symbol, '3', '101.27')
  await trader.order('sell', symbol, '3', '101.27', 'ioc')
  await expect.poll(line).toBeGreaterThan(3)
  expect(await line()).toBeLessThan(40)
})

test('AC-MKT-4 the tape shows trades newest first, with direction in sign and words', async ({
  desk,
}) => {
  const { symbol, maker } = await quotedSymbol()
  await desk.open(symbol)
  await maker.cancelAll()
  const taker = await trade(maker, symbol, '1200', '101.40')
  await maker.order('buy', symbol, '3', '101.10')
  await taker.order('sell', symbol, '3', '101.10', 'ioc')
  const prints = desk.tape.locator('tbody tr')
  await expect(prints).toHaveCount(3)
  await expect(prints.nth(0)).toHaveText(/^\d\d:\d\d:\d\d.*▼101\.10 down−3 sold$/)
  await expect(prints.nth(1)).toHaveText(/▲101\.40 up\+1,200 bought$/)
  await expect(prints.nth(2)).toHaveText(/101\.25 unchanged\+1 bought$/)
})
