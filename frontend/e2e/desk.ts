import { expect, type Locator, type Page } from '@playwright/test'

/** The parts of `/trade/:symbol` as somebody finds them who looks at the page. */
export class Desk {
  readonly ladder: Locator
  readonly rows: Locator
  readonly tape: Locator
  readonly ticket: Locator
  readonly quantity: Locator
  readonly price: Locator
  /** The one button that sends; what it says changes with what is typed. */
  readonly send: Locator
  readonly outcomes: Locator
  readonly connection: Locator
  readonly banner: Locator
  readonly lastPrice: Locator

  constructor(readonly page: Page) {
    this.ladder = page.getByRole('region', { name: 'Ladder' })
    this.rows = this.ladder.locator('[data-row]')
    this.tape = page.getByRole('region', { name: /^Trades in / })
    this.ticket = page.getByRole('form', { name: 'Order' })
    this.quantity = this.ticket.getByRole('textbox', { name: 'Quantity' })
    this.price = this.ticket.getByRole('textbox', { name: 'Price' })
    this.send = this.ticket.locator('button[type=submit]')
    this.outcomes = this.ticket.getByRole('log')
    this.connection = page.getByTestId('connection')
    this.banner = page.getByText('Trading is blocked.')
    this.lastPrice = page.getByTestId('last-price')
  }

  /** Shows a symbol whose book is there, live. */
  async open(symbol: string): Promise<void> {
    await this.page.goto(`/trade/${symbol}`)
    await this.isLive()
  }

  async isLive(): Promise<void> {
    await expect(this.connection).toContainText(/live/)
    await expect(this.ladder.getByRole('grid')).toBeVisible()
  }

  /** What the ladder shows at a price. */
  cell(price: string, side: 'bid' | 'ask'): Locator {
    return this.rows
      .filter({ has: this.page.locator('[data-side=price]', { hasText: price }) })
      .locator(`[data-side=${side}]`)
  }

  prices(): Promise<string[]> {
    return this.rows
      .locator('[data-side=price]')
      .evaluateAll((cells) => cells.map((cell) => cell.textContent.split(' ')[0] ?? ''))
  }

  /** Every level that is shown, highest price first, as `bid price quantity`. */
  levels(): Promise<string[]> {
    return this.rows.evaluateAll((rows) =>
      rows.flatMap((row) => {
        const price = row.querySelector('[data-side=price]')?.textContent.split(' ')[0] ?? ''
        return ['ask', 'bid'].flatMap((side) => {
          const quantity = row.querySelector(`[data-side=${side}] > :last-child`)?.textContent ?? ''
          return quantity === '' ? [] : [`${side} ${price} ${quantity.replaceAll(',', '')}`]
        })
      }),
    )
  }

  /** A field of the ticket to type in. */
  field(name: string): Locator {
    return this.ticket.getByRole('textbox', { name })
  }

  /** Types an order; nothing is sent. */
  async write(order: { side?: 'Buy' | 'Sell'; quantity: string; price?: string }): Promise<void> {
    if (order.side !== undefined) {
      await this.ticket.getByRole('radio', { name: order.side }).check({ force: true })
    }
    await this.quantity.fill(order.quantity)
    if (order.price !== undefined) await this.price.fill(order.price)
  }

  async showTab(name: 'Positions' | 'Open orders' | 'History' | 'Fills' | 'Activity') {
    await this.page.getByRole('tab', { name }).click()
  }

  /** A row of the tab that is shown, by a text in it. */
  row(text: string | RegExp): Locator {
    return this.page.getByRole('tabpanel').getByRole('row').filter({ hasText: text })
  }
}
