import { passesAxe } from './axe.ts'
import { expect, test } from './fixtures.ts'
import { quotedSymbol } from './people.ts'

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })

test('AC-PHN-1 on a phone: look, place an order in the sheet, see it, cancel it', async ({
  desk,
  page,
  trader,
}) => {
  const { symbol, maker } = await quotedSymbol()
  // A narrow market, so that the few rows of a phone show every tick.
  await maker.order('buy', symbol, '50', '101.24')
  await maker.order('sell', symbol, '60', '101.26')
  const bar = page.getByRole('navigation', { name: 'Panels' })
  await page.goto(`/trade/${symbol}`)
  await expect(desk.connection).toContainText('live')
  await expect(page.getByRole('img', { name: `${symbol}, candles` })).toBeVisible()
  await bar.getByRole('link', { name: 'Book' }).tap()
  await expect(desk.cell('101.26', 'ask')).toHaveText('60')
  // The ladder stands around the touch once it knows both sides; a tap before would meet another row.
  await expect(desk.cell('101.24', 'bid')).toHaveText('50')
  await desk.cell('101.24', 'bid').tap()

  const sheet = page.getByRole('dialog', { name: `Trade ${symbol}` })
  await expect(sheet).toBeVisible()
  await expect(desk.price).toHaveValue('101.24')
  await sheet.getByText('Buy', { exact: true }).tap()
  await desk.quantity.fill('4')
  await expect(desk.send).toHaveText(`Buy 4 ${symbol} at 101.24`)
  await desk.send.tap()
  await expect(desk.outcomes).toContainText(`Accepted: buy 4 ${symbol}`)
  await sheet.getByRole('button', { name: 'Close' }).tap()
  await expect(sheet).toHaveCount(0)
  await expect(desk.cell('101.24', 'bid')).toContainText('54')

  await bar.getByRole('link', { name: 'Orders' }).tap()
  await page.getByRole('tab', { name: 'Open orders 1' }).tap()
  await page.getByRole('button', { name: `Cancel buy 4 ${symbol} at 101.24` }).tap()
  await expect(page.getByText('No open orders.')).toBeVisible()
  expect(await trader.orders()).toMatchObject([{ status: 'canceled' }])
  await page.goBack()
  await expect(desk.ladder).toBeVisible()
})

test('AC-PHN-1 what a finger presses is 44 pixels high, and nothing is wider than the screen', async ({
  desk,
  page,
  trader,
}) => {
  const { symbol } = await quotedSymbol()
  await trader.order('buy', symbol, '4', '101.20')
  for (const [query, ready] of [
    ['', page.getByRole('img', { name: `${symbol}, candles` })],
    ['?view=book', desk.ladder.getByRole('grid')],
    ['?view=orders', page.getByRole('tab', { name: 'Open orders 1' })],
    ['?ticket=open', desk.send],
  ] as const) {
    await page.goto(`/trade/${symbol}${query}`)
    await expect(ready).toBeVisible()
    if (query === '?view=orders') await ready.tap()
    await expect.poll(() => page.evaluate(tooSmall), `small targets at “${query}”`).toEqual([])
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(wide).toBeLessThanOrEqual(0)
  }
})

test('AC-A11Y-1 a phone’s panels and the sheet pass axe', async ({ desk, page, trader }) => {
  const { symbol } = await quotedSymbol()
  await trader.order('buy', symbol, '4', '101.27')
  for (const query of ['', '?view=book', '?view=orders', '?ticket=open']) {
    await page.goto(`/trade/${symbol}${query}`)
    await expect(desk.connection).toContainText('live')
    if (query === '?ticket=open') await expect(desk.send).toBeVisible()
    await passesAxe(page, `a phone at “${query}”`)
  }
})

/** Runs in the page: controls that a finger can reach now and that are lower than it is wide. */
function tooSmall(): string[] {
  return [...document.querySelectorAll('button, select, input, nav a, [role=tab]')].flatMap(
    (control) => {
      const target = control.matches('input[type=radio], input[type=checkbox]')
        ? control.closest('label')
        : control
      if (target === null) return []
      const { x, y, width, height } = target.getBoundingClientRect()
      const there = document.elementFromPoint(x + width / 2, y + height / 2)
      if (there === null || !target.contains(there)) return []
      const name = control.getAttribute('aria-label') ?? control.textContent
      // Less the line around a field that a button stands in.
      return height < 42 ? [`${name.trim()}: ${Math.round(height)}`] : []
    },
  )
}
