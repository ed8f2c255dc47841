import { passesAxe } from './axe.ts'
import { expect, signIn, test } from './fixtures.ts'
import { Person, quotedSymbol } from './people.ts'
import { manage, trade, visit } from './tour.ts'

for (const theme of ['dark', 'light'] as const) {
  for (const [name, tour] of Object.entries({ visit, trade, manage })) {
    test(`AC-A11Y-1 ${theme}: what there is to see in “${name}” passes axe`, async ({
      page,
      trouble,
    }) => {
      test.slow()
      trouble.expect(/WebSocket connection/)
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      await tour(page, (what) => passesAxe(page, what))
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
    })
  }
}

test('AC-A11Y-3 theme and palette can be chosen, and stay', async ({ page, context }) => {
  const { symbol } = await quotedSymbol()
  const html = page.locator('html')
  const up = () => html.evaluate((root) => getComputedStyle(root).getPropertyValue('--up').trim())
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.goto('/settings')
  await expect(html).toHaveAttribute('data-theme', 'dark')
  const before = await up()
  await page.getByLabel('Light').check()
  await expect(html).toHaveAttribute('data-theme', 'light')
  await page.getByLabel('Blue and orange, for colour-blind eyes').check()
  await expect.poll(up).not.toBe(before)
  const chosen = await up()

  await page.goto(`/trade/${symbol}`)
  await expect(html).toHaveAttribute('data-theme', 'light')
  expect(await up()).toBe(chosen)
  const other = await context.newPage()
  await other.goto('/settings')
  await expect(other.getByLabel('Light')).toBeChecked()
  await other.getByLabel('Dark').check()
  await expect(html).toHaveAttribute('data-theme', 'dark')
})

test('AC-A11Y-4 “?” lists every key; trading keys are off until switched on', async ({
  desk,
  page,
}) => {
  const [{ symbol }, { username }] = await Promise.all([quotedSymbol(), Person.register('trader')])
  await signIn(page, username)
  await desk.open(symbol)
  await expect(desk.quantity).toBeVisible()
  await page.keyboard.press('s')
  await expect(desk.ticket.getByRole('radio', { name: 'Buy' })).toBeChecked()
  await expect(desk.quantity).not.toBeFocused()

  await page.keyboard.press('?')
  const dialog = page.getByRole('dialog', { name: 'Keys' })
  await expect(dialog).toContainText('Trading: off')
  for (const does of [
    'Search for a symbol',
    'Show all keys',
    'Write a buy order',
    'Write a sell order',
  ]) {
    await expect(dialog.getByText(does)).toBeVisible()
  }
  await dialog.getByRole('link', { name: 'settings' }).click()
  await page.getByRole('switch', { name: 'Trading keys' }).check()
  await page.goBack()
  await desk.isLive()
  await expect(page.getByRole('button', { name: 'keys on' })).toBeVisible()
  await page.keyboard.press('s')
  await expect(desk.ticket.getByRole('radio', { name: 'Sell' })).toBeChecked()
  await expect(desk.quantity).toBeFocused()
  // In a field a letter is a letter.
  await page.keyboard.press('b')
  await expect(desk.ticket.getByRole('radio', { name: 'Sell' })).toBeChecked()
  await expect(desk.quantity).toHaveValue('b')
})
