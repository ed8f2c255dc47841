import { describe, expect, it } from 'vitest'
import { Decimal } from '@/core/numbers/decimal'
import { localProblem } from '@/core/orders/problem'
import { NEW_TICKET, type TicketForm } from '@/shared/trading/ticket'
import { fieldsOf, timeInForceOf, timesInForce } from './fields'
import { previewOf, previewOfAmount } from './preview'
import { actOf, boundOf, readTicket } from './reading'
import { refusalOf } from './refusals'

const ACME = { symbol: 'ACME', tickSize: '0.01', lotSize: '1' }
const COIN = { symbol: 'COIN', tickSize: '0.05', lotSize: '0.0001' }
const FORM: TicketForm = { ...NEW_TICKET, quantity: '1,000', price: '101.25' }
const act = (form: TicketForm, last: number | null) =>
  actOf(ACME, form, readTicket(ACME, form, last))
const read = (part: Partial<TicketForm>) => readTicket(ACME, { ...FORM, ...part }, 10_000)

describe('the ticket', () => {
  it('AC-TKT-1 says the whole act on its button', () => {
    expect(act(FORM, null)).toBe('Buy 1,000 ACME at 101.25')
    expect(act({ ...FORM, type: 'market' }, 9_665)).toBe('Buy 1,000 ACME at market')
    expect(act({ ...FORM, quantity: '', price: '' }, null)).toBe('Buy ACME')
  })

  it.each<[Partial<TicketForm>, string]>([
    [{ type: 'stop', stop: '99.5', side: 'sell' }, 'Sell 1,000 ACME with a stop at 99.50'],
    [{ type: 'stop_limit', stop: '102' }, 'Buy 1,000 ACME with a stop at 102.00, limit 101.25'],
    [{ type: 'trailing_stop', trail: '1.5' }, 'Buy 1,000 ACME with a stop trailing by 1.50'],
    [
      { type: 'trailing_stop', trail: '2.50', trailBy: 'percent' },
      'Buy 1,000 ACME with a stop trailing by 2.5 %',
    ],
    [{ type: 'market', sizeBy: 'amount', amount: '$250' }, 'Buy ACME for $250.00 at market'],
    [
      { hasExits: true, takeProfit: '110', stopLoss: '95' },
      'Buy 1,000 ACME at 101.25, then take profit at 110.00 or stop loss at 95.00',
    ],
    [
      { type: 'oco', side: 'sell', takeProfit: '110', stopLoss: '95' },
      'Sell 1,000 ACME at 110.00, or with a stop at 95.00',
    ],
  ])('AC-TKT-10 says the act of every kind: %o', (part, said) => {
    expect(act({ ...FORM, ...part }, 10_000)).toBe(said)
  })

  it('says what bounds an order without a limit', () => {
    const bound = (form: TicketForm) => boundOf(ACME, form, readTicket(ACME, form, 9_665))
    expect(bound({ ...FORM, type: 'market' })).toMatch(/^At most 106\.31 each/)
    expect(bound({ ...FORM, type: 'market', side: 'sell' })).toMatch(/^At least 86\.99 each/)
    expect(bound({ ...FORM, type: 'stop', stop: '100' })).toMatch(/^At most 110\.00 each once/)
    expect(bound(FORM)).toBeNull()
  })

  it('reads what was pasted exactly, or says beside the field what is wrong', () => {
    expect(readTicket(ACME, FORM, null).request).toMatchObject({
      quantity: '1000',
      limitPrice: '101.25',
      orderClass: 'simple',
    })
    const wrong = readTicket(ACME, { ...FORM, quantity: '1.5', price: '101.255' }, null)
    expect(wrong.request).toBeNull()
    expect(wrong.problems.quantity).toMatch(/multiple of the lot size 1\.$/)
    expect(wrong.problems.price).toMatch(/multiple of the tick size 0\.01\.$/)
  })

  it('AC-TKT-14 takes a part of a share where a lot is one', () => {
    const form = { ...FORM, quantity: '0.0125', price: '100.05' }
    expect(readTicket(COIN, form, null).request).toMatchObject({ quantity: '0.0125' })
  })

  it('offers no market order before the first trade', () => {
    const reading = readTicket(ACME, { ...FORM, type: 'market' }, null)
    expect([reading.request, reading.problems.type]).toEqual([null, expect.stringMatching(/limit/)])
  })

  it('AC-TKT-10 sends only what belongs to the kind of order', () => {
    const stop = read({ type: 'stop', stop: '102', trail: '1', takeProfit: '1' }).request
    expect(stop).toMatchObject({ type: 'stop', stopPrice: '102.00', limitPrice: null })
    expect(stop).toMatchObject({ trailPrice: null, takeProfit: null, notional: null })
    const percent = read({ type: 'trailing_stop', trail: '2.5', trailBy: 'percent' }).request
    expect(percent).toMatchObject({ trailPercent: '2.5', trailPrice: null, limitPrice: null })
  })

  it('AC-TKT-11 makes a bracket of two exits, and an order that triggers another of one', () => {
    const exits = { hasExits: true, takeProfit: '110', stopLoss: '95', stopLossLimit: '94.5' }
    expect(read(exits).request).toMatchObject({
      orderClass: 'bracket',
      takeProfit: '110.00',
      stopLoss: '95.00',
      stopLossLimit: '94.50',
    })
    expect(read({ ...exits, stopLoss: '' }).request).toMatchObject({
      orderClass: 'oto',
      stopLoss: null,
      stopLossLimit: null,
    })
    expect(read({ ...exits, takeProfit: '', stopLoss: '' }).problems.takeProfit).toMatch(/or both/)
    // A sell that opens nothing has no exits.
    expect(read({ ...exits, side: 'sell' }).request?.orderClass).toBe('simple')
  })

  it.each<[Partial<TicketForm>, keyof TicketForm]>([
    [{ hasExits: true, takeProfit: '101', stopLoss: '95' }, 'takeProfit'],
    [{ hasExits: true, takeProfit: '110', stopLoss: '101.25' }, 'stopLoss'],
    [
      { hasExits: true, takeProfit: '110', stopLoss: '95', stopLossLimit: '95.01' },
      'stopLossLimit',
    ],
    [{ type: 'oco', side: 'sell', takeProfit: '95', stopLoss: '96' }, 'takeProfit'],
    [{ type: 'oco', side: 'buy', takeProfit: '96', stopLoss: '95' }, 'takeProfit'],
    [{ type: 'trailing_stop', trail: '100', trailBy: 'percent' }, 'trail'],
    [{ type: 'market', sizeBy: 'amount', amount: '1.005' }, 'amount'],
    [{ timeInForce: 'gtd', expiresAt: '' }, 'expiresAt'],
    [{ display: '1001' }, 'display'],
    [{ minimum: '1001' }, 'minimum'],
  ])('AC-TKT-11 says beside the field what cannot be: %o', (part, field) => {
    const { request, problems } = read(part)
    expect(request).toBeNull()
    expect(Object.keys(problems)).toEqual([field])
  })

  it('AC-TKT-11 makes two exits alone of a position', () => {
    const pair = { type: 'oco', side: 'sell', takeProfit: '110', stopLoss: '95' } as const
    expect(read(pair).request).toMatchObject({
      type: 'limit',
      orderClass: 'oco',
      limitPrice: '110.00',
      takeProfit: '110.00',
      stopLoss: '95.00',
    })
  })

  it('AC-TKT-12 offers the times in force that the market takes with it', () => {
    const tif = (part: Partial<TicketForm>) => timesInForce({ ...FORM, ...part }).join(' ')
    expect(tif({})).toBe('day gtc gtd ioc fok')
    expect(tif({ type: 'market' })).toBe('day gtc ioc fok')
    expect(tif({ type: 'trailing_stop' })).toBe('day gtc gtd')
    expect(tif({ type: 'market', sizeBy: 'amount' })).toBe('day')
    expect(tif({ hasExits: true })).toBe('day gtc')
    expect(timeInForceOf({ ...FORM, type: 'stop', timeInForce: 'fok' })).toBe('day')
  })

  it('AC-TKT-12 keeps our own terms to orders that may have them', () => {
    const terms = {
      display: '10',
      minimum: '5',
      postOnly: 'reject',
      selfTrade: 'decrement',
    } as const
    expect(read({ ...terms, postOnly: '' }).request).toMatchObject({
      displayQuantity: '10',
      minimumQuantity: '5',
      selfTradePrevention: 'decrement',
    })
    // Who only makes has no first fill to ask for.
    expect(read(terms).request).toMatchObject({ postOnly: 'reject', minimumQuantity: null })
    expect(read({ ...terms, timeInForce: 'ioc' }).request).toMatchObject({
      postOnly: null,
      displayQuantity: null,
      minimumQuantity: '5',
    })
    const exits = { hasExits: true, takeProfit: '110' }
    expect(read({ ...terms, ...exits }).request).toMatchObject({
      displayQuantity: null,
      selfTradePrevention: null,
    })
  })

  it('AC-TKT-12 ends on a date of the reader’s own clock', () => {
    const { request } = read({ timeInForce: 'gtd', expiresAt: '2026-12-24T15:30' })
    expect(request?.expiresAt).toBe(new Date(2026, 11, 24, 15, 30).toISOString())
  })
})

describe('AC-TKT-5 what it costs', () => {
  const rules = {
    takerFeeRate: Decimal.parse('0.002'),
    makerFeeRate: Decimal.parse('0.003'),
    marketCollar: Decimal.parse('0.10'),
  }
  const means = { buyingPower: Decimal.parse('1000'), available: Decimal.parse('9'), rules }
  const plain = (part: Decimal | null) => part?.trimmed().toString() ?? null

  it('counts the higher of both fees, for a buy on top and for a sell off it', () => {
    const buy = previewOf(ACME, 'buy', 5, 10_000, means)
    expect([plain(buy.value), plain(buy.fee), plain(buy.left)]).toEqual(['501.5', '1.5', '498.5'])
    const sell = previewOf(ACME, 'sell', 5, 10_000, means)
    expect([plain(sell.value), plain(sell.fee), plain(sell.left)]).toEqual(['498.5', '1.5', '4'])
  })

  it('AC-TKT-13 is no more than the amount that was asked for', () => {
    const { value, left } = previewOfAmount('buy', Decimal.parse('250'), means)
    expect([plain(value), plain(left)]).toEqual(['250', '750'])
  })
})

describe('AC-TKT-6 a refusal', () => {
  const there = fieldsOf(FORM)
  const stop = fieldsOf({ ...FORM, type: 'stop_limit' })
  const exits = fieldsOf({ ...FORM, hasExits: true })
  const place = (type: string, message: string, fields: ReadonlySet<never> | typeof there) =>
    refusalOf({ status: 422, type, code: 1, message, requestId: null, fields: {} }, fields)

  it.each([
    ['insufficient_buying_power', 'insufficient buying power', there, 'quantity'],
    [
      'insufficient_buying_power',
      'no',
      fieldsOf({ ...FORM, type: 'market', sizeBy: 'amount' }),
      'amount',
    ],
    ['order_value_too_large', 'the order is worth more than 5 allowed', there, 'quantity'],
    ['price_outside_band', 'the price is outside its band', there, 'price'],
    ['price_outside_band', 'outside', fieldsOf({ ...FORM, type: 'stop' }), 'stop'],
    ['no_reference_price', 'no trade yet', there, 'type'],
    ['not_possible', 'invalid limit_price 1.005: it must be a multiple', there, 'price'],
    ['not_possible', 'stop price must be less than current price', stop, 'stop'],
    ['not_possible', 'take_profit.limit_price must be above the entry', exits, 'takeProfit'],
    ['not_possible', 'stop_loss.limit_price must not be above stop_price', exits, 'stopLossLimit'],
    [
      'not_possible',
      'asset ACME is not fractionable: qty must be a whole number',
      there,
      'quantity',
    ],
    ['not_possible', 'asset "ACME" is not tradable', there, null],
    ['trading_halted', 'trading is halted: maintenance', there, null],
    ['not_possible', 'stop price must be less than current price', there, null],
  ])('stands where it belongs: %s, %s', (type, message, fields, field) => {
    const refusal = place(type, message, fields)
    expect(refusal.field).toBe(field)
    expect(refusal.sentence).not.toMatch(/_|qty/)
  })

  it('believes the field that the platform names, whatever words follow', () => {
    const message = 'qty: beside a limit_price it must be above 0'
    const fields = { qty: 'beside a limit_price it must be above 0' }
    const problem = { ...localProblem('invalid_input', message), fields }
    expect(refusalOf(problem, there).field).toBe('quantity')
    expect(refusalOf({ ...problem, fields: { symbol: 'no such qty' } }, there).field).toBeNull()
    const exit = { ...problem, fields: { 'take_profit.limit_price': 'too low' } }
    expect(refusalOf(exit, exits).field).toBe('takeProfit')
  })
})
