import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Locator, Page } from '@playwright/test'
import { expect, newName, test } from './fixtures.ts'
import { PASSWORD, quotedSymbol } from './people.ts'

const PICTURES = fileURLToPath(new URL('../../.local/e2e/keyboard', import.meta.url))
const README = fileURLToPath(new URL('../docs/screenshots/keyboard-journey', import.meta.url))

test('AC-A11Y-2 from registering to a filled and closed position by keyboard alone', async ({
  desk,
  page,
}, { project }) => {
  const isForReadme = project.name === 'screenshots'
  const { symbol } = isForReadme ? { symbol: 'ACME' } : await quotedSymbol()
  const keys = page.keyboard
  const picture = pictures(page)
  await page.goto(`/trade/${symbol}`)
  await desk.isLive()
  await picture('market-as-a-visitor')

  await tabTo(page, page.getByRole('link', { name: 'Create account' }))
  await keys.press('Enter')
  await tabTo(page, page.getByLabel('Username'))
  const name = newName()
  await keys.type(name)
  await keys.press('Tab')
  await keys.type(PASSWORD)
  await picture('register')
  await keys.press('Enter')
  await expect(page.getByRole('button', { name })).toBeVisible()
  await desk.isLive()

  await tabTo(page, page.getByRole('button', { name: 'Deposit $100,000 paper cash' }))
  await picture('deposit')
  await keys.press('Enter')
  await expect(page.getByRole('banner')).toContainText('100,000.00')

  await tabTo(page, desk.ticket.getByLabel('Type'))
  await keys.press('ArrowDown')
  await expect(desk.price).toHaveCount(0)
  await tabTo(page, desk.quantity)
  await keys.type('10')
  await expect(desk.send).toHaveText(new RegExp(`^Buy 10 ${symbol} at market`))
  await picture('ticket')
  await keys.press('Enter')
  await expect(desk.outcomes).toContainText(/Filled 10 @ [\d.]+: buy 10/)
  await expect(desk.row(symbol)).toBeVisible()
  await picture('filled')

  await tabTo(page, page.getByRole('tab', { name: 'Positions' }))
  await keys.press('ArrowRight')
  await keys.press('ArrowRight')
  await keys.press('ArrowRight')
  await keys.press('Enter')
  await expect(desk.row(symbol).first()).toContainText('Buy')
  await picture('fills')
  await keys.press('Home')
  await keys.press('Enter')
  await tabTo(page, page.getByRole('button', { name: `Close ${symbol}: fill the ticket` }))
  await picture('position')
  await keys.press('Enter')
  await expect(desk.quantity).toBeFocused()
  await expect(desk.send).toHaveText(new RegExp(`^Sell 10 ${symbol} at market`))
  await picture('close')
  await keys.press('Enter')
  await expect(desk.outcomes).toContainText(/Filled 10 @ [\d.]+: sell 10/)
  await expect(page.getByText('No positions.')).toBeVisible()
  await picture('closed')

  await tabTo(page, desk.ladder.getByRole('grid'))
  await keys.press('ArrowUp')
  await keys.press('ArrowRight')
  await picture('ladder')
  await keys.press('Enter')
  await expect(desk.quantity).toBeFocused()
  await expect(desk.price).toHaveValue(/\d/)
  await picture('price-from-the-ladder')

  if (isForReadme) {
    rmSync(README, { recursive: true, force: true })
    cpSync(PICTURES, README, { recursive: true })
  }
})

/** Presses Tab until something has the focus, as somebody does who cannot point. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not come to ${String(target)}`)
}

function pictures(page: Page) {
  rmSync(PICTURES, { recursive: true, force: true })
  mkdirSync(PICTURES, { recursive: true })
  let number = 0
  return async (what: string) => {
    number += 1
    await page.screenshot({ path: `${PICTURES}/${String(number).padStart(2, '0')}-${what}.png` })
  }
}
