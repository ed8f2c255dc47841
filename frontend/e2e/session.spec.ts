import { expect, newName, signIn, test } from './fixtures.ts'
import { listSymbol, marketMaker, PASSWORD, Person } from './people.ts'

test('AC-SES-1 a visitor sees the market move, and the way to an account', async ({ page }) => {
  const symbol = await listSymbol()
  const maker = await marketMaker(symbol)
  await maker.order('sell', symbol, '100', '101.30')
  await maker.order('buy', symbol, '100', '101.20')
  await page.goto(`/trade/${symbol}`)
  await expect(page.getByRole('button', { name: 'Create account' })).toBeVisible()
  const ladder = page.getByRole('region', { name: 'Ladder' })
  await expect(ladder).toContainText('101.30')

  const taker = await Person.register('taker')
  await taker.deposit('100000')
  await taker.order('buy', symbol, '40', '101.30', 'ioc')
  await expect(page.getByTestId('last-price')).toHaveText('101.30')
})

test('AC-SES-2 registering signs in; what the platform refuses is said beside the field', async ({
  page,
}) => {
  const taken = await Person.register('taken')
  await page.goto('/register')
  const [username, password] = [page.getByLabel('Username'), page.getByLabel('Password')]
  await username.fill(taken.username)
  await password.fill('short')
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(password).toHaveAccessibleDescription(/at least 10/i)

  await password.fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(username).toHaveAccessibleDescription(/taken/i)

  const name = newName()
  await username.fill(name)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByRole('button', { name })).toBeVisible()
})

test('AC-SES-3 a wrong password and an unknown name get the same refusal', async ({ page }) => {
  const known = await Person.register('known')
  const refusals = []
  for (const name of [known.username, newName()]) {
    await page.goto('/login')
    await page.getByLabel('Username').fill(name)
    await page.getByLabel('Password').fill('not the password')
    await page.getByRole('button', { name: 'Log in', exact: true }).click()
    refusals.push(await page.getByRole('alert').getByRole('paragraph').first().textContent())
  }
  expect(refusals[0]).toMatch(/wrong/)
  expect(refusals[1]).toBe(refusals[0])
})

test('AC-SES-4 the session outlives a reload, and no script can read what keeps it', async ({
  page,
  context,
}) => {
  const { username } = await Person.register('trader')
  await signIn(page, username)
  await page.goto('/account')
  await expect(page.getByRole('button', { name: username })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('button', { name: username })).toBeVisible()

  const [cookie] = await context.cookies(new URL('/v1/auth/refresh', page.url()).href)
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/v1/auth/refresh' })
  const readable = await page.evaluate(
    () =>
      document.cookie +
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
  )
  expect(readable).not.toContain(cookie?.value)
  expect(readable).not.toMatch(/eyJ/)
})

test('AC-SES-5 after logging out neither reload nor the back button brings the account back', async ({
  page,
}) => {
  const { username } = await Person.register('trader')
  await signIn(page, username)
  await page.goto('/account')
  await page.getByRole('button', { name: username }).click()
  await page.getByRole('menuitem', { name: 'Log out' }).click()
  await expect(page.getByRole('button', { name: 'Log in' }).first()).toBeVisible()
  await page.goBack()
  await expect(page.getByLabel('Password')).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('Password')).toBeVisible()
  await expect(page.getByRole('button', { name: username })).toHaveCount(0)
})
