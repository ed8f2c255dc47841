import { describe, expect, it } from 'vitest'
import { localProblem } from '@/core/orders/problem'
import type { TicketForm } from '@/shared/trading/ticket'
import { actOf, boundOf, readTicket, stepped } from './reading'
import { refusalOf } from './refusals'

const ACME = { symbol: 'ACME', tickSize: '0.01', lotSize: '1' }
const FORM: TicketForm = {
  side: 'buy',
  type: 'limit',
  timeInForce: 'day',
  quantity: '1,000',
  price: '101.25',
}
const act = (form: TicketForm, last: number | null) =>
  actOf(ACME, form, readTicket(ACME, form, last))

describe('the ticket', () => {
  it('AC-TKT-1 says the whole act on its button', () => {
    expect(act(FORM, null)).toBe('Buy 1,000 ACME at 101.25')
    expect(act({ ...FORM, type: 'market' }, 9_665)).toBe('Buy 1,000 ACME at market')
    expect(act({ ...FORM, quantity: '', price: '' }, null)).toBe('Buy ACME')
  })

  it('says what bounds a market order', () => {
    const bound = (form: TicketForm) => boundOf(ACME, form, readTicket(ACME, form, 9_665))
    expect(bound({ ...FORM, type: 'market' })).toMatch(/^At most 106\.31 each/)
    expect(bound({ ...FORM, type: 'market', side: 'sell' })).toMatch(/^At least 86\.99 each/)
    expect(bound(FORM)).toBeNull()
  })

  it('reads what was pasted exactly, or says beside the field what is wrong', () => {
    expect(readTicket(ACME, FORM, null).terms).toMatchObject({
      quantity: '1000',
      limitPrice: '101.25',
    })
    const wrong = readTicket(ACME, { ...FORM, quantity: '1.5', price: '101.255' }, null)
    expect(wrong.terms).toBeNull()
    expect(wrong.problems.quantity).toMatch(/multiple of the lot size 1\.$/)
    expect(wrong.problems.price).toMatch(/multiple of the tick size 0\.01\.$/)
  })

  it('offers no market order before the first trade', () => {
    const reading = readTicket(ACME, { ...FORM, type: 'market' }, null)
    expect([reading.terms, reading.problems.type]).toEqual([null, expect.stringMatching(/limit/)])
  })

  it('AC-TKT-4 steps by a tick or a lot, never below one, and leaves what is no number', () => {
    expect(stepped('price', ACME, '101.25', 1, 5)).toBe('101.26')
    expect(stepped('price', ACME, '101.25', -10, 5)).toBe('101.15')
    expect(stepped('price', ACME, '', 1, 9_665)).toBe('96.65')
    expect(stepped('quantity', ACME, '3', -10, 10)).toBe('1')
    expect(stepped('quantity', ACME, 'ten', 1, 1)).toBe('ten')
  })

  it.each([
    ['insufficient_buying_power', 'insufficient buying power', 'quantity'],
    ['not_possible', 'invalid limit_price 1.005: it must be a multiple', 'price'],
    ['not_possible', 'asset ACME is not fractionable: qty must be a whole number', 'quantity'],
    ['not_possible', 'asset "ACME" is not tradable', null],
  ])('AC-TKT-6 shows a refusal where it belongs: %s, %s', (type, message, field) => {
    const refusal = refusalOf({ status: 422, type, code: 1, message, requestId: null, fields: {} })
    expect(refusal.field).toBe(field)
    expect(refusal.sentence).not.toMatch(/limit_price|qty/)
  })

  it('AC-TKT-6 believes the field that the platform names, whatever words follow', () => {
    const message = 'qty: beside a limit_price it must be above 0'
    const fields = { qty: 'beside a limit_price it must be above 0' }
    const problem = { ...localProblem('invalid_input', message), fields }
    expect(refusalOf(problem).field).toBe('quantity')
    expect(refusalOf({ ...problem, fields: { symbol: 'no such qty' } }).field).toBeNull()
  })
})
