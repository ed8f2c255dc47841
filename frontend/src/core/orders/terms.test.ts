import { describe, expect, it } from 'vitest'
import { orderDocument } from './manual'
import { orderFrom, withLegs } from './order'
import { isOurs, PLAIN, replacementBody, requestBody, sameRequest } from './terms'
import { anOrder, TERMS } from './testing'

const body = (part: object) => requestBody({ ...TERMS, ...part }, 'mine')

describe('an order as it is sent', () => {
  it('says what there is and nothing else', () => {
    expect(body({})).toEqual({
      client_order_id: 'mine',
      symbol: 'ACME',
      side: 'buy',
      type: 'limit',
      time_in_force: 'day',
      qty: '100',
      limit_price: '101.25',
    })
    const trailing = { type: 'trailing_stop', limitPrice: null, trailPercent: '2.5' }
    expect(body(trailing)).toMatchObject({ type: 'trailing_stop', trail_percent: '2.5' })
    expect(body(trailing)).not.toHaveProperty('limit_price')
    const amount = { type: 'market', limitPrice: null, quantity: null, notional: '250' }
    expect(body(amount)).not.toHaveProperty('qty')
  })

  it('has its exits inside it', () => {
    const exits = { takeProfit: '110', stopLoss: '95', stopLossLimit: '94.5' }
    expect(body({ ...exits, orderClass: 'bracket' })).toMatchObject({
      order_class: 'bracket',
      take_profit: { limit_price: '110' },
      stop_loss: { stop_price: '95', limit_price: '94.5' },
    })
    expect(body({ stopLoss: '95', orderClass: 'oto' })).toMatchObject({
      stop_loss: { stop_price: '95' },
    })
  })

  it.each([
    { timeInForce: 'gtd', expiresAt: '2026-12-24T15:30:00Z' },
    { displayQuantity: '10' },
    { minimumQuantity: '10' },
    { postOnly: 'reject' },
    { selfTradePrevention: 'decrement' },
  ] as const)('goes through the platform’s own door with %o', (part) => {
    expect([isOurs({ ...TERMS, ...part }), isOurs(TERMS)]).toEqual([true, false])
  })

  it('is another one as soon as one of its terms is', () => {
    expect(sameRequest(TERMS, { ...PLAIN, ...TERMS })).toBe(true)
    for (const name of Object.keys(PLAIN)) {
      expect(sameRequest(TERMS, { ...TERMS, [name]: 'another' }), name).toBe(false)
    }
  })

  it('is changed by what is said anew only', () => {
    expect(replacementBody({ limitPrice: '99' }, 'new')).toEqual({
      client_order_id: 'new',
      limit_price: '99',
    })
    expect(replacementBody({ quantity: '7', stopPrice: '98', trail: '1' }, 'new')).toEqual({
      client_order_id: 'new',
      qty: '7',
      stop_price: '98',
      trail: '1',
    })
  })
})

describe('an order as it is told', () => {
  it('reads as it was written, with our own terms', () => {
    const order = anOrder({
      type: 'stop_limit',
      stopPrice: '99',
      timeInForce: 'gtd',
      expiresAt: '2026-12-24T15:30:00Z',
      displayQuantity: '10',
      exit: 'stop_loss',
      parentId: 'entry',
      status: 'suspended',
    })
    const read = orderFrom(orderDocument(order))
    expect(order).toMatchObject(read)
    expect(read.timeInForce).toBe('gtd')
  })

  it('brings its legs along, each under it', () => {
    const legs = [orderDocument(anOrder({ id: 'tp', exit: 'take_profit', status: 'held' }))]
    const [entry, leg] = withLegs({ ...orderDocument(anOrder({ orderClass: 'bracket' })), legs })
    expect([entry.id, leg?.id, leg?.parentId]).toEqual(['order-1', 'tp', 'order-1'])
  })
})
