import { render } from '@testing-library/react'
import { expect, it } from 'vitest'
import { manualTrading } from '@/core/orders/manual'
import { changeTicket, ticketFormOf } from './ticket'
import { TradingProvider } from './TradingProvider'

it('leaves nothing of what one user typed to the next', () => {
  const { options } = manualTrading()
  const page = (userId: string) => (
    <TradingProvider userId={userId} options={options}>
      {null}
    </TradingProvider>
  )
  const { rerender } = render(page('ada'))
  changeTicket('ACME', { side: 'sell', quantity: '100', price: '101.25' })
  rerender(page('ada'))
  expect(ticketFormOf('ACME')).toMatchObject({ side: 'sell', quantity: '100', price: '101.25' })
  rerender(page('bob'))
  expect(ticketFormOf('ACME')).toMatchObject({ side: 'buy', quantity: '', price: '' })
})
