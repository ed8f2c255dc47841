import { randomUUID } from 'node:crypto'
import { access } from './platform.ts'

export const PASSWORD = 'correct horse battery staple'

export interface Placed {
  id: string
  client_order_id: string
  symbol: string
  side: 'buy' | 'sell'
  status: string
  limit_price: string | null
  qty: string
  filled_qty: string
}

/** Somebody who uses the API and not the UI: the other side of a test's trades, or its administrator. */
export class Person {
  private constructor(
    readonly username: string,
    private readonly token: string,
  ) {}

  static async register(name = 'bot'): Promise<Person> {
    const username = uniqueName(name)
    await call('POST', '/v1/auth/register', { username, password: PASSWORD })
    return Person.logIn(username, PASSWORD)
  }

  static async logIn(username: string, password: string): Promise<Person> {
    const tokens = await call<{ access_token: string }>('POST', '/v1/auth/login', {
      username,
      password,
    })
    return new Person(username, tokens.access_token)
  }

  /** The platform's administrator, who logs in once for all tests of a worker. */
  static admin(): Promise<Person> {
    const { username, password } = access().admin
    return (administrator ??= Person.logIn(username, password))
  }

  async accountId(): Promise<string> {
    return (await this.call<{ id: string }>('GET', '/v2/account')).id
  }

  deposit(amount: string): Promise<unknown> {
    return this.call('POST', '/v1/funding/deposits', { amount }, randomUUID())
  }

  order(
    side: 'buy' | 'sell',
    symbol: string,
    qty: string,
    limitPrice: string,
    timeInForce = 'gtc',
  ): Promise<Placed> {
    return this.call('POST', '/v2/orders', {
      symbol,
      qty,
      side,
      type: 'limit',
      time_in_force: timeInForce,
      limit_price: limitPrice,
    })
  }

  /** Every order, open or ended, newest first. */
  orders(): Promise<Placed[]> {
    return this.call('GET', '/v2/orders?status=all&limit=500')
  }

  cancel(orderId: string): Promise<unknown> {
    return this.call('DELETE', `/v2/orders/${orderId}`)
  }

  cancelAll(): Promise<unknown> {
    return this.call('DELETE', '/v2/orders')
  }

  call<Answer>(
    method: string,
    path: string,
    body?: unknown,
    idempotencyKey?: string,
  ): Promise<Answer> {
    return call<Answer>(method, path, body, {
      authorization: `Bearer ${this.token}`,
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    })
  }
}

let administrator: Promise<Person> | null = null

/** A symbol that only this test trades, with tick 0.01 and lot 1. */
export async function listSymbol(): Promise<string> {
  const admin = await Person.admin()
  const symbol = `T${randomUUID().replaceAll('-', '').slice(0, 6).toUpperCase()}`
  await admin.call('POST', '/v1/admin/assets', {
    symbol,
    name: `${symbol} Industries`,
    tick_size: '0.01',
    lot_size: '1',
  })
  return symbol
}

/** Somebody with cash and shares of `symbol`, ready to be the other side. */
export async function marketMaker(symbol: string): Promise<Person> {
  const [admin, maker] = await Promise.all([Person.admin(), Person.register('maker')])
  await maker.deposit('10000000')
  await grant(admin, symbol, await maker.accountId(), '1000000')
  return maker
}

/** A market with a first trade at 101.25 and a quote of 100 on each side: 101.23 bid, 101.27 asked. */
export async function quotedSymbol(): Promise<{ symbol: string; maker: Person }> {
  const symbol = await listSymbol()
  const maker = await marketMaker(symbol)
  await trade(maker, symbol, '1', '101.25')
  await maker.order('buy', symbol, '100', '101.23')
  await maker.order('sell', symbol, '100', '101.27')
  return { symbol, maker }
}

/** One trade: `maker` offers, somebody new takes. */
export async function trade(maker: Person, symbol: string, qty: string, price: string) {
  const taker = await Person.register('taker')
  await taker.deposit('1000000')
  await maker.order('sell', symbol, qty, price)
  await taker.order('buy', symbol, qty, price, 'ioc')
  return taker
}

export interface Level {
  price: string
  size: string
}

/** The book that the platform has. */
export function bookOf(person: Person, symbol: string): Promise<{ bids: Level[]; asks: Level[] }> {
  return person.call('GET', `/v1/market/${symbol}/book`)
}

export function grant(admin: Person, symbol: string, accountId: string, qty: string) {
  return admin.call(
    'POST',
    `/v1/admin/assets/${symbol}/grants`,
    { account_id: accountId, qty },
    randomUUID(),
  )
}

export function uniqueName(stem: string): string {
  return `${stem}-${randomUUID().slice(0, 8)}`
}

async function call<Answer>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(access().gateway + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as Answer
}
