import { test as base, expect, type Page } from '@playwright/test'
import { Desk } from './desk.ts'
import { access } from './platform.ts'
import { PASSWORD, Person, uniqueName } from './people.ts'

interface Fixtures {
  /** Fails the test when the page logged an error that the test did not announce with `expectTrouble`. */
  trouble: { expect: (pattern: RegExp) => void }
  /** Somebody who is signed in, in the browser and beside it, with paper cash. */
  trader: Person
  desk: Desk
}

// An answer of 400 and above is an answer: the page says what it means, the browser logs it all the same.
const ANSWERS = /Failed to load resource: the server responded with a status of 4\d\d/

export const test = base.extend<Fixtures>({
  baseURL: async ({}, use) => {
    await use(access().gateway)
  },
  trouble: [
    async ({ page }, use) => {
      const expected: RegExp[] = [ANSWERS]
      const seen: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error') seen.push(message.text())
      })
      page.on('pageerror', (error) => seen.push(String(error)))
      await use({ expect: (pattern) => expected.push(pattern) })
      expect(seen.filter((text) => !expected.some((pattern) => pattern.test(text)))).toEqual([])
    },
    { auto: true },
  ],
  desk: async ({ page }, use) => {
    await use(new Desk(page))
  },
  trader: async ({ page }, use) => {
    const trader = await Person.register('trader')
    await trader.deposit('100000')
    await signIn(page, trader.username)
    await use(trader)
  },
})

export { expect }

/** Gives the browser a session as the log-in form would: by a cookie that no script can read. */
export async function signIn(page: Page, username: string, password = PASSWORD): Promise<void> {
  const answer = await page.request.post('/v1/auth/login', {
    headers: { 'X-Session-Cookie': '1' },
    data: { username, password },
  })
  expect(answer.status()).toBe(200)
  // What the UI remembers of having signed in: that asking for a session makes sense.
  await page.addInitScript(() => localStorage.setItem('session', '1'))
}

export function newName(): string {
  return uniqueName('trader')
}
