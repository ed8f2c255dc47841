// Who trades, and what: made by every run for itself through the public API, so that runs never meet.
//
// Traders use API keys, as bots do: a key needs no renewal, however long the run. Their tier is `load`, which the
// gateway hardly limits; everybody else is a newcomer of the normal tier. Only listing assets, granting shares and
// giving tiers takes an administrator.
import { ask, bearer, insist, keyed, letters } from './platform.js'

export const MID_TICKS = 10000 // 100.00 in cents
const CASH = '100000000'
const SHARES = '1000000'
const WALL_TICKS = [60, 80, 100]
const WALL_SHARES = '1000'

/** Everything that the journeys need: `run`, `symbols`, `keys`. Throws when the platform does not take it. */
export function populate(users, symbolCount) {
  const run = letters(8).toLowerCase()
  const admin = bearer(logIn(__ENV.ADMIN_USERNAME, __ENV.ADMIN_PASSWORD).access_token)
  const symbols = []
  for (let n = 0; n < symbolCount; n++) {
    symbols.push(listAsset(admin))
  }
  const keys = []
  for (let n = 0; n < users; n++) {
    keys.push(openAccount(admin, `load-${run}-${n}`, symbols))
  }
  for (const symbol of symbols) {
    openBook(keys[0], keys[1], symbol)
  }
  return { run, symbols, keys }
}

export function register(username) {
  const password = `${letters(12)}-${letters(12)}`
  // 409: a try whose answer was lost had its effect; nobody else takes such a name.
  const good = [201, 200, 409]
  const { id } = insist('register', 'POST', '/v1/auth/register', { json: { username, password }, good })
  return { id: id || whoIs(username, password), username, password }
}

function whoIs(username, password) {
  const own = bearer(logIn(username, password).access_token)
  return insist('who am I', 'GET', '/v1/auth/me', { headers: own }).id
}

export function logIn(username, password) {
  return insist('log in', 'POST', '/v1/auth/login', { json: { username, password } })
}

export function price(ticks) {
  return (ticks / 100).toFixed(2)
}

function listAsset(admin) {
  const symbol = `LOAD${letters(7)}`
  const asset = { symbol, name: 'Made for a load plan', class: 'us_equity', tick_size: '0.01', lot_size: '1' }
  // 409 as for names of users.
  insist('list asset', 'POST', '/v1/admin/assets', { headers: admin, json: asset, good: [201, 200, 409] })
  return symbol
}

function openAccount(admin, username, symbols) {
  const user = register(username)
  // Before the first log-in: what is asked with a token of the normal tier counts by its limits.
  insist('give tier', 'PATCH', `/v1/admin/users/${user.id}`, { headers: admin, json: { tier: 'load' } })
  const own = bearer(logIn(user.username, user.password).access_token)
  const made = insist('make API key', 'POST', '/v1/auth/api-keys', { headers: own, json: { name: 'load' } })
  const key = { id: made.key_id, secret: made.secret }
  const account = insist('account', 'GET', '/v2/account', { headers: keyed(key) })
  insist('fund', 'POST', '/v1/funding/deposits', { headers: keyed(key), json: { amount: CASH } })
  for (const symbol of symbols) {
    const grant = { account_id: account.id, qty: SHARES }
    insist('grant', 'POST', `/v1/admin/assets/${symbol}/grants`, { headers: admin, json: grant })
  }
  return key
}

/** Both sides of a quote that no journey trades with, and one trade: a market order needs a last price. */
function openBook(maker, taker, symbol) {
  const order = (key, side, qty, ticks) => {
    const terms = { symbol, side, qty, type: 'limit', time_in_force: 'gtc', limit_price: price(ticks) }
    insist('open book', 'POST', '/v2/orders', { headers: keyed(key), json: terms })
  }
  for (const distance of WALL_TICKS) {
    order(maker, 'buy', WALL_SHARES, MID_TICKS - distance)
    order(maker, 'sell', WALL_SHARES, MID_TICKS + distance)
  }
  order(maker, 'sell', '1', MID_TICKS)
  order(taker, 'buy', '1', MID_TICKS)
  // Market data follows at its own pace; from here on every quote must be there.
  for (let attempt = 0; attempt < 100; attempt++) {
    const path = `/v2/stocks/${symbol}/quotes/latest`
    const got = ask('quote', 'GET', path, { headers: keyed(maker), good: [200, 404] })
    if (got.status === 200) {
      return
    }
  }
  throw new Error(`market data never had a quote of ${symbol}`)
}
