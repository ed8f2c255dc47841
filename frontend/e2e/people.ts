import { randomUUID } from 'node:crypto'
import { access } from './platform.ts'

export const PASSWORD = 'correct horse battery staple'

interface Placed {
  id: string
  status: string
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

  static admin(): Promise<Person> {
    const { username, password } = access().admin
    return Person.logIn(username, password)
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
