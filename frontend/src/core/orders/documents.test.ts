import { describe, expect, it } from 'vitest'
import { accountFrom } from './documents'

const ACCOUNT = { cash: '1000', equity: '1200.5', buying_power: '900' }

describe('the account', () => {
  it('tells by which rules its orders hold cash', () => {
    const { rules } = accountFrom({ ...ACCOUNT, taker_fee_rate: '0.0025', market_collar: '0.05' })
    expect([rules?.takerFeeRate.toString(), rules?.marketCollar.toString()]).toEqual([
      '0.0025',
      '0.05',
    ])
  })

  it('is read from a platform that tells no rules as well, and from none that tells them wrongly', () => {
    expect(accountFrom(ACCOUNT).rules).toBeUndefined()
    expect(() => accountFrom({ ...ACCOUNT, taker_fee_rate: 'free' })).toThrow('taker_fee_rate')
  })
})
