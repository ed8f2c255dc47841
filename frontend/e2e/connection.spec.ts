import { Feed } from './feed.ts'
import { expect, test } from './fixtures.ts'
import { quotedSymbol, trade } from './people.ts'

test('AC-CON-1 the connection’s state and latency are shown in words', async ({ desk }) => {
  const { symbol } = await quotedSymbol()
  await desk.open(symbol)
  await expect(desk.connection).toHaveText(/^Market connection: live (<1|\d+) ms$/)
})

test('AC-CON-2 while the platform is away the desk says so and blocks entry, and then goes on by itself', async ({
  desk,
  page,
  trader,
  trouble,
}) => {
  trouble.expect(/net::ERR_|WebSocket connection/)
  const { symbol, maker } = await quotedSymbol()
  const feed = await Feed.of(page)
  await desk.open(symbol)
  await desk.write({ quantity: '5', price: '101.20' })
  await expect(desk.send).toBeEnabled()

  await page.route(/\/v[12]\//, (route) => route.abort('connectionrefused'))
  await feed.cut()
  await expect(desk.connection).toContainText('reconnecting')
  await expect(desk.send).toBeDisabled()
  await expect(desk.ticket).toContainText('The market connection is down; reconnecting.')
  await expect(desk.banner).toBeVisible()
  await expect(desk.ladder.getByText(/^\d+ s old$/)).toBeVisible()
  await desk.price.press('Enter')

  // What happens meanwhile is there afterwards.
  await maker.cancelAll()
  await trade(maker, symbol, '7', '101.26')
  await maker.order('sell', symbol, '9', '101.29')
  await page.unroute(/\/v[12]\//)
  feed.mend()
  await desk.isLive()
  await expect(desk.send).toBeEnabled()
  await expect(desk.banner).toHaveCount(0)
  await expect(desk.lastPrice).toHaveText('101.26')
  await expect(desk.cell('101.29', 'ask')).toHaveText('9')
  await expect(desk.cell('101.27', 'ask')).toHaveText('')
  await expect(desk.tape.locator('tbody tr')).toHaveCount(2)
  expect(await trader.orders()).toEqual([])
  await desk.send.click()
  await expect(desk.outcomes).toContainText('Accepted: buy 5')
})
