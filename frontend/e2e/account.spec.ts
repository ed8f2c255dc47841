import type { Page } from '@playwright/test'
import { Desk } from './desk.ts'
import { expect, newName, signIn, test } from './fixtures.ts'
import { listSymbol, Person, quotedSymbol } from './people.ts'
import { access } from './platform.ts'

test('AC-ACC-1 paper cash goes in and out; more than there is is refused beside the field', async ({
  page,
  trader,
}) => {
  await page.goto('/account')
  const amount = page.getByLabel('Amount in US dollars')
  const cash = page.getByRole('region', { name: 'Balances' }).locator('div', { hasText: /^Cash/ })
  await expect(cash).toContainText('100,000.00')
  await amount.fill('2,500.50')
  await page.getByRole('button', { name: 'Deposit', exact: true }).click()
  await expect(cash).toContainText('102,500.50')
  await expect(amount).toHaveValue('')
  await amount.fill('500.50')
  await page.getByRole('button', { name: 'Withdraw' }).click()
  await expect(cash).toContainText('102,000.00')
  const activity = page.getByRole('table', { name: 'Activity' }).getByRole('row')
  await expect(activity.nth(1)).toContainText('−500.50')
  await expect(activity.nth(2)).toContainText('+2,500.50')

  await amount.fill('102000.01')
  await page.getByRole('button', { name: 'Withdraw' }).click()
  await expect(amount).toHaveAccessibleDescription(/cash/i)
  const { cash: left } = await trader.call<{ cash: string }>('GET', '/v2/account')
  expect(Number(left)).toBe(102_000)
})

test('AC-ACC-2 an API key is made, its secret shown once, and works until it is deleted', async ({
  page,
  trader,
}) => {
  await page.goto('/api-keys')
  await expect(page.getByRole('button', { name: trader.username })).toBeVisible()
  const used = await makeKey(page, 'my bot')
  const answer = await asBot(used)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ status: 'ACTIVE' })

  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  await expect(row('my bot')).toContainText(used.id)
  await page.reload()
  await expect(row('my bot')).toBeVisible()
  expect(await page.content()).not.toContain(used.secret)

  // The gateway remembers a key that it has seen for some minutes: this one it never sees before it is deleted.
  const unused = await makeKey(page, 'a mistake')
  await page.getByRole('button', { name: 'Delete the key a mistake' }).click()
  await page.getByRole('button', { name: 'Keep it' }).click()
  await expect(row('a mistake')).toBeVisible()
  await page.getByRole('button', { name: 'Delete the key a mistake' }).click()
  await page.getByRole('button', { name: 'Delete the key', exact: true }).click()
  await expect(row('a mistake')).toHaveCount(0)
  await expect(row('my bot')).toBeVisible()
  expect((await asBot(unused)).status).toBe(401)
  expect((await asBot(used)).status).toBe(200)
})

interface Key {
  id: string
  secret: string
}

/** Makes a key in the form, and closes the dialog that shows its secret, which a slip does not. */
async function makeKey(page: Page, name: string): Promise<Key> {
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Create key' }).click()
  const dialog = page.getByRole('dialog', { name: 'Keep the secret now' })
  const id = await dialog.getByTestId('api-key-id').textContent()
  const secret = await dialog.getByTestId('api-key-secret').textContent()
  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'I have kept the secret' }).click()
  await expect(dialog).toHaveCount(0)
  return { id: id ?? '', secret: secret ?? '' }
}

/** Asks for the account as Alpaca's clients do. */
function asBot({ id, secret }: Key): Promise<Response> {
  const headers = { 'APCA-API-KEY-ID': id, 'APCA-API-SECRET-KEY': secret }
  return fetch(`${access().gateway}/v2/account`, { headers })
}

test('AC-ADM-1 an admin lists an asset and grants shares of it; a trader does not see the page', async ({
  browser,
  page,
}) => {
  const trader = await Person.register('trader')
  // Trading opens an account at its user's first request.
  await trader.accountId()
  const { username, password } = access().admin
  await signIn(page, username, password)
  await page.goto('/admin')
  const symbol = `T${newName().slice(-6).toUpperCase()}`
  await page.getByLabel('Symbol', { exact: true }).fill(symbol)
  await page.getByLabel('Name', { exact: true }).fill(`${symbol} Works`)
  await page.getByRole('button', { name: 'List the asset' }).click()
  await expect(page.getByRole('row').filter({ hasText: `${symbol} Works` })).toContainText('traded')

  await page.getByLabel('To the user').fill(newName())
  await page.getByLabel('Asset', { exact: true }).selectOption(symbol)
  await page.getByLabel('Shares', { exact: true }).fill('25')
  await page.getByRole('button', { name: 'Grant the shares' }).click()
  await expect(page.getByLabel('To the user')).toHaveAccessibleDescription(/no user of that name/)
  await page.getByLabel('To the user').fill(trader.username)
  await page.getByRole('button', { name: 'Grant the shares' }).click()
  await expect(page.getByText(`${trader.username} has 25 more ${symbol}.`)).toBeVisible()
  expect(await trader.call('GET', '/v2/positions')).toMatchObject([{ symbol, qty: '25' }])

  const context = await browser.newContext({ baseURL: access().gateway })
  const theirs = await context.newPage()
  await signIn(theirs, trader.username)
  await theirs.goto('/admin')
  await expect(theirs.getByRole('heading', { name: 'There is no such page' })).toBeVisible()
  await theirs.getByRole('button', { name: trader.username }).click()
  await expect(theirs.getByRole('menuitem', { name: 'API keys' })).toBeVisible()
  await expect(theirs.getByRole('menuitem', { name: 'Administration' })).toHaveCount(0)
  await context.close()
})

test('AC-ADM-2 AC-ADM-3 AC-ADM-4 what an administrator stops, bounds and puts right is felt by the trader', async ({
  browser,
  page,
}) => {
  const { symbol } = await quotedSymbol()
  const trader = await Person.register('trader')
  await trader.deposit('100000')
  await trader.order('buy', symbol, '5', '101.00')
  const { username, password } = access().admin
  await signIn(page, username, password)
  await page.goto('/admin')
  await page.getByRole('button', { name: `Set the price band of ${symbol}` }).click()
  await page.getByLabel('Band in %').fill('5')
  await page.getByRole('button', { name: 'Set the band' }).click()
  const listed = page.getByRole('row').filter({ hasText: `${symbol} Industries` })
  await expect(listed).toContainText('±5 %')

  await page.getByLabel('Halt', { exact: true }).selectOption('One symbol')
  await page.getByLabel('Symbol to halt').selectOption(symbol)
  await page.getByLabel('Reason', { exact: true }).fill('news is pending')
  await page.getByRole('button', { name: 'Halt it' }).click()
  await page.getByRole('button', { name: `Halt ${symbol} and cancel its orders` }).click()
  await expect(page.getByRole('row').filter({ hasText: 'news is pending' })).toBeVisible()
  await expect
    .poll(async () => (await trader.orders()).map(({ status }) => status))
    .toEqual(['canceled'])
  await page.getByRole('button', { name: `Let ${symbol} trade again` }).click()
  await expect(
    page.getByText('Nothing is halted.').or(page.getByRole('table', { name: 'Halted now' })),
  ).toBeVisible()

  await page.getByLabel('Account of the user').fill(trader.username)
  await page.getByRole('button', { name: 'Show the account' }).click()
  await page.getByLabel('Largest quantity').fill('10')
  await page.getByRole('button', { name: 'Set the limits' }).click()
  await expect(page.getByText(`The limits of ${trader.username} are set.`)).toBeVisible()
  await page.getByLabel('Amount, negative to take').fill('-100')
  await page.getByLabel('Reason of the correction').fill('a fee by mistake')
  await page.getByRole('button', { name: 'Book the correction' }).click()
  await expect(page.getByText(`-100 USD is booked for ${trader.username}.`)).toBeVisible()

  const context = await browser.newContext({ baseURL: access().gateway })
  const theirs = await context.newPage()
  await signIn(theirs, trader.username)
  const desk = new Desk(theirs)
  await desk.open(symbol)
  await expect(theirs.getByRole('banner')).toContainText('99,900.00')
  await desk.write({ quantity: '5', price: '120' })
  await desk.send.click()
  await expect(desk.price).toHaveAccessibleDescription(/band/)
  await desk.write({ quantity: '11', price: '101.00' })
  await desk.send.click()
  await expect(desk.quantity).toHaveAccessibleDescription(/10/)
  await theirs.goto('/account')
  // It turns when the server has said so, not at the click.
  await theirs.getByRole('switch', { name: /Suspend trading/ }).click()
  await expect(theirs.getByText('Trading is suspended.')).toBeVisible()
  await desk.open(symbol)
  await expect(desk.ticket.getByText('You have suspended trading.')).toBeVisible()
  await context.close()
})

test('somebody signed out is asked to log in, and then is where they wanted to go', async ({
  page,
}) => {
  const [{ username }, symbol] = await Promise.all([Person.register('trader'), listSymbol()])
  await page.goto('/api-keys')
  await expect(page.getByRole('heading', { name: 'Log in' })).toBeVisible()
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill('correct horse battery staple')
  await page.getByRole('button', { name: 'Log in', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'API keys' })).toBeVisible()
  await page.goto(`/trade/${symbol}`)
  await expect(page.getByRole('button', { name: username })).toBeVisible()
})
