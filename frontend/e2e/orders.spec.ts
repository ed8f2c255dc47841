import { expect, test } from './fixtures.ts'
import { bookOf, grant, Person, quotedSymbol } from './people.ts'

test('AC-TKT-11 AC-BLT-7 an entry with exits: they wait under it, then work, and end together', async ({
  desk,
  page,
  trader,
}) => {
  const { symbol } = await quotedSymbol()
  await desk.open(symbol)
  const exits = desk.ticket.getByRole('checkbox', { name: /take profit or stop loss/ })
  await desk.write({ quantity: '5', price: '101.20' })
  await exits.check()
  await desk.field('Take profit at').fill('101.10')
  await desk.field('Stop loss at').fill('99')
  await expect(desk.field('Take profit at')).toHaveAccessibleDescription(/above the price/)
  await desk.field('Take profit at').fill('103')
  await expect(desk.send).toHaveText(/then take profit at 103.00 or stop loss at 99.00$/)
  await desk.send.click()
  await expect(desk.outcomes).toContainText('Accepted: buy 5')
  await desk.showTab('Open orders')
  await expect(desk.row('Take profit')).toContainText('Waits for its entry')
  await expect(desk.row('Stop loss')).toContainText('99.00')
  await page.getByRole('button', { name: /^Cancel buy 5 .*3 orders that hang together/ }).click()
  await expect(page.getByText('No open orders.')).toBeVisible()

  // The same at a price that is offered: the entry is filled, and both exits work.
  await desk.write({ quantity: '5', price: '101.27' })
  await desk.send.click()
  await expect(desk.outcomes).toContainText('Filled 5 @ 101.27')
  await expect(desk.row('Stop loss')).toContainText('Waits for its stop')
  await expect(desk.row('Take profit')).toContainText('Working')
  await page
    .getByRole('button', { name: /2 orders that hang together/ })
    .first()
    .click()
  await expect(page.getByText('No open orders.')).toBeVisible()
  const open = (await trader.orders()).filter(({ status }) => status === 'new')
  expect(open).toEqual([])
})

test('AC-TKT-10 AC-TKT-12 stops, a trailing stop, two exits alone, and terms of our own', async ({
  desk,
  page,
  trader,
}) => {
  const { symbol } = await quotedSymbol()
  const admin = await Person.admin()
  await grant(admin, symbol, await trader.accountId(), '50')
  await desk.open(symbol)
  const type = desk.ticket.getByLabel('Type')
  await desk.write({ side: 'Sell', quantity: '5' })
  await type.selectOption('Stop')
  await desk.field('Stop price').fill('102')
  await desk.send.click()
  // A stop on the wrong side of the market is refused beside it.
  await expect(desk.field('Stop price')).toHaveAccessibleDescription(/less than|below/)
  await desk.field('Stop price').fill('99.50')
  await desk.send.click()
  await expect(desk.outcomes).toContainText(`Accepted: sell 5 ${symbol} with a stop at 99.50`)

  await type.selectOption('Trailing stop')
  await desk.ticket.getByLabel('Trail by').selectOption('Percent')
  await desk.field('Trail in %').fill('2.5')
  await desk.send.click()
  await expect(desk.outcomes).toContainText('with a stop trailing by 2.5 %')

  await type.selectOption('Take profit or stop loss')
  await desk.field('Take profit at').fill('104')
  await desk.field('Stop loss at').fill('98')
  await desk.send.click()
  await expect(desk.outcomes).toContainText('at 104.00, or with a stop at 98.00')

  await type.selectOption('Limit')
  await desk.ticket.getByText('More terms').click()
  await desk.ticket.getByLabel('Making and taking').selectOption({ index: 1 })
  await desk.field('Show at most').fill('2')
  await desk.write({ quantity: '5', price: '102.50' })
  await desk.send.click()
  await expect(desk.outcomes).toContainText('at 102.50')
  await expect
    .poll(async () => (await trader.orders()).map(({ status }) => status))
    .toEqual(['new', 'new', 'new', 'new', 'new'])
  const shown = async () => {
    const { asks } = await bookOf(trader, symbol)
    return asks.find(({ price }) => Number(price) === 102.5)?.size
  }
  await expect.poll(shown).toBe('2')
  await desk.showTab('Open orders')
  await expect(desk.row('by 2.5 %')).toContainText('Waits for its stop')
  await expect(page.getByRole('tab', { name: 'Open orders 5' })).toBeVisible()
})

test('AC-BLT-8 AC-BLT-9 AC-BLT-10 an order is changed in its row, in the ladder and on the chart', async ({
  desk,
  page,
  trader,
}) => {
  const { symbol } = await quotedSymbol()
  await trader.order('buy', symbol, '5', '101.10')
  await desk.open(symbol)
  await desk.showTab('Open orders')
  await page.getByRole('button', { name: `Change buy 5 ${symbol} at 101.10` }).click()
  const form = page.getByRole('form', { name: /^Change buy/ })
  await expect(form.getByRole('textbox', { name: 'Price' })).toBeFocused()
  await page.keyboard.press('Shift+ArrowUp')
  await page.keyboard.press('Enter')
  await expect(desk.row('was 5 at 101.10')).toContainText('101.20')

  // Two rows down in the ladder, by its mark.
  const mark = desk.cell('101.20', 'bid').locator('[data-own]')
  await mark.hover()
  await page.mouse.down()
  await desk.cell('101.18', 'bid').hover()
  await page.mouse.up()
  await expect(desk.row('5 at 101.20, 5 at 101.10')).toContainText('101.18')

  // And on the chart: the line is where the pointer says so.
  const chart = page.getByRole('img', { name: `${symbol}, candles` })
  const box = (await chart.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
  const x = box.x + box.width / 3
  const line = await (async () => {
    for (let y = box.y + box.height - 4; y > box.y; y -= 4) {
      await page.mouse.move(x, y)
      if ((await chart.getAttribute('data-movable')) !== null) return y
    }
    return null
  })()
  expect(line).not.toBeNull()
  await page.mouse.down()
  await page.mouse.move(x, (line ?? 0) + 40)
  await page.mouse.up()
  await expect(desk.row('5 at 101.18, 5 at 101.20')).toBeVisible()
  const [newest] = await trader.orders()
  expect(Number(newest?.limit_price)).toBeLessThan(101.18)
  await page.getByRole('button', { name: /^Cancel buy 5/ }).click()
  await expect(page.getByText('No open orders.')).toBeVisible()
  await desk.showTab('History')
  await expect(desk.row('Replaced')).toHaveCount(3)
})
