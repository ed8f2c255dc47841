// What people do with the platform. The JMeter plan (../jmeter/journeys.jmx) does the same, step by step.
import exec from 'k6/execution'

import { ask, bearer, keyed } from './platform.js'
import { MID_TICKS, logIn, price, register } from './population.js'

const DEEPEST_TICKS = 50
const TAKES = 0.5 // of the journeys
const OPEN = ['new', 'partially_filled', 'filled', 'pending_new', 'accepted']

const pick = (list) => list[Math.floor(Math.random() * list.length)]
const whole = (low, high) => low + Math.floor(Math.random() * (high - low + 1))

/**
 * A trader looks at the quote and rests an order; a second one perhaps takes what is there, which may be that order or
 * a better one; the first looks at the order, cancels what is left of it, and looks at the account.
 *
 * Never more is taken than was rested just before, and what rests is cancelled: books stay as deep as they were,
 * however long the run.
 */
export function trader({ run, symbols, keys }) {
  const first = Math.floor(Math.random() * keys.length)
  const headers = keyed(keys[first])
  const other = keyed(keys[(first + whole(1, keys.length - 1)) % keys.length])
  const symbol = pick(symbols)
  const tags = { journey: 'trader' }
  const name = `${run}-${exec.vu.idInTest}-${exec.vu.iterationInInstance}`

  quote(headers, symbol, tags)
  const buys = Math.random() < 0.5
  const qty = whole(2, 5)
  const resting = rest(headers, symbol, buys, qty, `${name}-r`, tags)
  if (resting === null) {
    return
  }
  if (Math.random() < TAKES) {
    take(other, symbol, !buys, whole(1, qty), `${name}-t`, tags)
  }
  read(headers, resting, tags)
  cancel(headers, resting, tags)
  look(headers, tags)
}

/** Somebody new, on the tier that everybody has: from the registration to the first order and back. */
export function newcomer({ run, symbols }) {
  const tags = { journey: 'newcomer' }
  const username = `new-${run}-${exec.vu.idInTest}-${exec.vu.iterationInInstance}`
  const user = register(username)
  const headers = bearer(logIn(user.username, user.password).access_token)
  ask('account', 'GET', '/v2/account', { headers, tags, body: (account) => account.status === 'ACTIVE' })
  ask('fund', 'POST', '/v1/funding/deposits', { headers, tags, json: { amount: '25000' }, good: [201, 200] })
  const symbol = pick(symbols)
  quote(headers, symbol, tags)
  const terms = { symbol, side: 'buy', qty: '1', type: 'limit', time_in_force: 'day', limit_price: price(MID_TICKS - 200) }
  const placed = place('order', headers, terms, `${username}-1`, tags)
  if (placed !== null) {
    read(headers, placed, tags)
    cancel(headers, placed, tags)
  }
  look(headers, tags)
}

function quote(headers, symbol, tags) {
  const body = ({ quote }) => quote.bp > 0 && quote.ap > quote.bp
  ask('quote', 'GET', `/v2/stocks/${symbol}/quotes/latest`, { headers, tags, body })
}

function rest(headers, symbol, buys, qty, clientOrderId, tags) {
  const distance = whole(1, DEEPEST_TICKS)
  const terms = {
    symbol,
    side: buys ? 'buy' : 'sell',
    qty: `${qty}`,
    type: 'limit',
    time_in_force: 'gtc',
    limit_price: price(buys ? MID_TICKS - distance : MID_TICKS + distance),
  }
  return place('order', headers, terms, clientOrderId, tags)
}

function take(headers, symbol, buys, qty, clientOrderId, tags) {
  const terms = { symbol, side: buys ? 'buy' : 'sell', qty: `${qty}`, type: 'market', time_in_force: 'ioc' }
  place('market order', headers, terms, clientOrderId, tags)
}

/** The order's id; null when it was not taken. */
function place(name, headers, terms, clientOrderId, tags) {
  const json = { ...terms, client_order_id: clientOrderId }
  const body = (order) => order.client_order_id === clientOrderId && order.qty === terms.qty && OPEN.includes(order.status)
  const got = ask(name, 'POST', '/v2/orders', { headers, tags, json, body })
  return got.status === 200 ? got.answer.json('id') : null
}

function read(headers, id, tags) {
  ask('read order', 'GET', `/v2/orders/${id}`, { headers, tags, body: (order) => order.id === id })
}

/** 422: it was filled before; a maker cannot know. */
function cancel(headers, id, tags) {
  ask('cancel', 'DELETE', `/v2/orders/${id}`, { headers, tags, good: [204, 422] })
}

function look(headers, tags) {
  if (Math.random() < 0.5) {
    ask('account', 'GET', '/v2/account', { headers, tags, body: (account) => Number(account.equity) > 0 })
  } else {
    ask('positions', 'GET', '/v2/positions', { headers, tags, body: (positions) => Array.isArray(positions) })
  }
}
