import { expect, type Page } from '@playwright/test'
import { Desk } from './desk.ts'
import { Feed } from './feed.ts'
import { signIn } from './fixtures.ts'
import { listSymbol, marketMaker, Person, quotedSymbol } from './people.ts'
import { access } from './platform.ts'

/** Something that somebody may see; `look` is called while it is shown. */
export type Look = (what: string) => Promise<void>

/** A visitor's pages. */
export async function visit(page: Page, look: Look): Promise<void> {
  const [{ symbol }, empty] = await Promise.all([quotedSymbol(), listSymbol()])
  const desk = new Desk(page)
  await desk.open(symbol)
  await expect(page.getByRole('img', { name: `${symbol}, candles` })).toBeVisible()
  await look('the market as a visitor sees it')
  await page.goto(`/trade/${empty}`)
  await expect(page.getByText(`Nobody bids or offers ${empty} yet.`)).toBeVisible()
  await look('a market in which nothing has happened')
  await page.goto('/register')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('alert').first()).toBeVisible()
  await look('registering, with problems beside the fields')
  await page.goto('/login')
  await page.getByLabel('Username').fill('nobody')
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await look('a refused log-in')
  await page.goto('/settings')
  await expect(page.getByRole('heading', { name: 'Settings' })).toBeVisible()
  await look('settings')
  await page.goto('/nowhere')
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible()
  await look('no such page')
}

/** The desk of somebody who trades, in all that it can show. */
export async function trade(page: Page, look: Look): Promise<void> {
  const { symbol } = await quotedSymbol()
  const trader = await Person.register('trader')
  await trader.deposit('100000')
  await trader.order('buy', symbol, '12', '101.27', 'ioc')
  const ended = await trader.order('buy', symbol, '4', '101.22')
  await trader.cancel(ended.id)
  await trader.order('buy', symbol, '5', '101.21')
  await trader.order('sell', symbol, '2', '101.29')
  await signIn(page, trader.username)
  const feed = await Feed.of(page)
  const desk = new Desk(page)
  await desk.open(symbol)
  await desk.write({ quantity: '100000', price: '101.20' })
  await desk.send.click()
  await expect(desk.quantity).toHaveAccessibleDescription(/insufficient/i)
  for (const tab of ['Positions', 'Open orders', 'History', 'Fills', 'Activity'] as const) {
    await desk.showTab(tab)
    await expect(desk.row(tab === 'Activity' ? 'Deposit' : symbol).first()).toBeVisible()
    await look(`the desk with ${tab}, and a refused order`)
  }
  await desk.showTab('Open orders')
  await page.getByRole('button', { name: 'Cancel all' }).click()
  await look('the question before all is cancelled')
  await page.keyboard.press('Escape')
  await page.keyboard.press('/')
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('listbox', { name: 'Symbols' })).toBeVisible()
  await look('the symbol list')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('listbox')).toHaveCount(0)
  await page.getByRole('button', { name: trader.username }).click()
  await expect(page.getByRole('menuitem', { name: 'Log out' })).toBeVisible()
  await look('the menu')
  await page.keyboard.press('Escape')
  await desk.lastPrice.click()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
  await look('the list of keys')
  await page.keyboard.press('Escape')
  await feed.cut()
  await expect(desk.banner).toBeVisible()
  await look('the desk without a connection')
}

/** The pages of somebody who is signed in, and those of an administrator. */
export async function manage(page: Page, look: Look): Promise<void> {
  const { username, password } = access().admin
  const symbol = await listSymbol()
  await marketMaker(symbol)
  await signIn(page, username, password)
  await page.goto('/account')
  await page.getByRole('button', { name: 'Withdraw' }).click()
  await expect(page.getByLabel('Amount in US dollars')).toHaveAccessibleDescription(/amount/)
  await look('the account, with a problem beside the amount')
  await page.goto('/admin')
  await expect(page.getByRole('cell', { name: symbol, exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'List the asset' }).click()
  await look('administration, with problems beside the fields')

  await page.goto('/api-keys')
  const name = `key of ${symbol}`
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByTestId('api-key-secret')).toBeVisible()
  await look('a new key’s secret')
  await page.getByRole('button', { name: 'I have kept the secret' }).click()
  await page.getByRole('button', { name: `Delete the key ${name}` }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await look('the question before a key is deleted')
  await page.getByRole('button', { name: 'Delete the key', exact: true }).click()
  await expect(page.getByText(`The key “${name}” is deleted.`)).toBeVisible()
  await look('a message')
}
