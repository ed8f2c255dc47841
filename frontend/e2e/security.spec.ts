import { expect, test } from './fixtures.ts'
import { manage, trade, visit } from './tour.ts'

for (const [name, tour] of Object.entries({ visit, trade, manage })) {
  test(`AC-SEC-1 nothing in “${name}” violates the page’s policy`, async ({ page, trouble }) => {
    trouble.expect(/WebSocket connection/)
    const violations: string[] = []
    await page.exposeFunction('tellViolation', (what: string) => violations.push(what))
    await page.addInitScript(() => {
      const { tellViolation } = window as unknown as { tellViolation: (what: string) => void }
      document.addEventListener('securitypolicyviolation', (event) =>
        tellViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`),
      )
    })
    const answer = await page.goto('/')
    const policy = answer?.headers()['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("style-src 'self';")
    expect(policy).toContain("require-trusted-types-for 'script'")
    await tour(page, (what) => {
      expect.soft(violations, what).toEqual([])
      return Promise.resolve()
    })
    // That the ear is open: a violation of our own is heard.
    await page.evaluate(() => {
      const picture = document.createElement('img')
      picture.src = 'https://elsewhere.example/pixel.png'
      document.body.append(picture)
    })
    trouble.expect(/elsewhere\.example/)
    await expect.poll(() => violations).toHaveLength(1)
  })
}
