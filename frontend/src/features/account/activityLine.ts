import { Decimal } from '@/core/numbers/decimal'
import { grouped } from '@/core/numbers/instrument'
import type { ActivityItem } from './Activity'

/** One line of the activity. Amounts are exact; null where the kind of activity has none. */
export interface ActivityLine {
  /** RFC 3339. */
  at: string
  what: string
  quantity: string | null
  price: string | null
  /** What it did to the cash balance, in US dollars. */
  cash: Decimal | null
}

export function lineOf(item: ActivityItem): ActivityLine {
  switch (item.activity_type) {
    case 'FILL': {
      const value = Decimal.parse(item.price).times(Decimal.parse(item.qty))
      const fee = Decimal.parse(item.fee)
      const isBuy = item.side === 'buy'
      return {
        at: item.transaction_time,
        what: `${isBuy ? 'Bought' : 'Sold'} ${item.symbol}`,
        quantity: grouped(item.qty),
        price: grouped(item.price),
        cash: (isBuy ? value.negated() : value).minus(fee),
      }
    }
    case 'CSD':
    case 'CSW':
      return {
        at: item.created_at,
        what: item.activity_type === 'CSD' ? 'Deposit of paper cash' : 'Withdrawal of paper cash',
        quantity: null,
        price: null,
        cash: Decimal.parse(item.net_amount),
      }
    case 'JNLS':
      return {
        at: item.created_at,
        what: `Grant of ${item.symbol}`,
        quantity: grouped(item.qty),
        price: null,
        cash: null,
      }
  }
}
