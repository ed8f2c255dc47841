import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { Desk } from './desk.ts'
import { expect, signIn, test } from './fixtures.ts'
import { bookOf, Person } from './people.ts'

const FOLDER = fileURLToPath(new URL('../docs/screenshots', import.meta.url))
const PHONE = { width: 390, height: 844 }
const SYMBOL = 'ACME'

let somebody: Promise<Person> | null = null

/** The one of all pictures: with a position, fills and orders that wait, at prices around the market's. */
function trader(): Promise<Person> {
  return (somebody ??= makeTrader())
}

async function makeTrader(): Promise<Person> {
  const person = await Person.register('trader')
  await person.deposit('100000')
  const { bids, asks } = await bookOf(person, SYMBOL)
  const [bid, ask] = [Number(bids[0]?.price), Number(asks[0]?.price)]
  const at = (price: number) => price.toFixed(2)
  await person.order('buy', SYMBOL, '120', at(ask + 0.06), 'ioc')
  await person.order('sell', SYMBOL, '40', at(bid - 0.02), 'ioc')
  await person.order('buy', SYMBOL, '50', at(bid - 0.03))
  await person.order('buy', SYMBOL, '100', at(bid - 0.06))
  await person.order('sell', SYMBOL, '60', at(ask + 0.08))
  return person
}

async function desk(page: Page, username: string | null): Promise<Desk> {
  if (username !== null) await signIn(page, username)
  const shown = new Desk(page)
  await page.goto(`/trade/${SYMBOL}`)
  await expect(shown.connection).toContainText('live')
  await page.getByRole('button', { name: '1 second' }).click()
  await expect(page.getByRole('img', { name: /candles of 1 second/ })).toBeVisible()
  return shown
}

const save = (page: Page, name: string) => page.screenshot({ path: `${FOLDER}/${name}.png` })

for (const theme of ['dark', 'light'] as const) {
  test(`the desk, ${theme}`, async ({ page }) => {
    const { username } = await trader()
    await page.emulateMedia({ colorScheme: theme })
    const shown = await desk(page, username)
    await shown.write({ quantity: '100', price: (await shown.lastPrice.textContent()) ?? '' })
    await shown.showTab(theme === 'dark' ? 'Open orders' : 'Positions')
    await expect(shown.row(SYMBOL).first()).toBeVisible()
    await shown.send.focus()
    await save(page, `desk-${theme}`)
  })
}

test('the market as a visitor sees it', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'dark' })
  await desk(page, null)
  await save(page, 'signed-out')
})

test('the account', async ({ page }) => {
  const { username } = await trader()
  await page.emulateMedia({ colorScheme: 'light' })
  await signIn(page, username)
  await page.goto('/account')
  await expect(page.getByRole('table', { name: /^Activity/ })).toContainText(SYMBOL)
  await save(page, 'account')
})

test.describe('on a phone', () => {
  test.use({ viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2 })

  test('the market and the ticket', async ({ page }) => {
    const { username } = await trader()
    await page.emulateMedia({ colorScheme: 'dark' })
    const shown = await desk(page, username)
    await save(page, 'phone-market')
    await page.goto(`/trade/${SYMBOL}?view=book&ticket=open`)
    await expect(shown.send).toBeVisible()
    await shown.write({ quantity: '25', price: (await shown.lastPrice.textContent()) ?? '' })
    await shown.send.focus()
    await save(page, 'phone-ticket')
  })
})
