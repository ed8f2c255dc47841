import { z } from '@/shared/forms/zod'

/** Decimal text above zero, with at most 12 places: trading's own limits, said before anything is sent. */
const increment = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,12})?$/, 'Enter a decimal, such as 0.01.')
  .refine((text) => /[1-9]/.test(text), 'It must be above zero.')

export const assetRules = z.object({
  symbol: z
    .string()
    .trim()
    .toUpperCase()
    .regex(
      /^[A-Z0-9][A-Z0-9./-]{0,31}$/,
      'Use letters, digits, “.”, “/” or “-”; a letter or digit first.',
    ),
  name: z.string().trim().max(120, 'Use at most 120 characters.'),
  class: z.enum(['us_equity', 'crypto']),
  tick_size: increment,
  lot_size: increment,
})

export const grantRules = z.object({
  symbol: z.string().min(1, 'List an asset first.'),
  user: z.string().min(1, 'Enter a username.'),
  qty: z
    .string()
    .trim()
    .regex(/^\d{1,15}(\.\d{1,12})?$/, 'Enter a number of shares, such as 1000.')
    .refine((text) => /[1-9]/.test(text), 'It must be above zero.'),
})

export type AssetValues = z.infer<typeof assetRules>
export type GrantValues = z.infer<typeof grantRules>

const reason = z
  .string()
  .trim()
  .min(1, 'Say why: it is kept.')
  .max(500, 'Use at most 500 characters.')

export const haltRules = z
  .object({
    scope: z.enum(['all', 'account', 'symbol']),
    symbol: z.string(),
    user: z.string().trim(),
    reason,
  })
  .refine(({ scope, symbol }) => scope !== 'symbol' || symbol !== '', {
    path: ['symbol'],
    message: 'Choose the symbol.',
  })
  .refine(({ scope, user }) => scope !== 'account' || user !== '', {
    path: ['user'],
    message: 'Enter a username.',
  })

/** Limits of an account, as the API names them. */
export const LIMITS = [
  { name: 'max_order_qty', label: 'Largest quantity', isCount: false },
  { name: 'max_order_value', label: 'Largest value', isCount: false },
  { name: 'max_open_orders', label: 'Open orders', isCount: true },
  { name: 'max_orders_per_second', label: 'Orders a second', isCount: true },
  { name: 'max_identical_orders', label: 'Alike at once', isCount: true },
  { name: 'market_collar', label: 'Market collar', isCount: false },
] as const

const amountOrNothing = z
  .string()
  .trim()
  .regex(/^(\d{1,18}(\.\d{1,12})?)?$/, 'Enter a number, or nothing.')
const countOrNothing = z
  .string()
  .trim()
  .regex(/^\d{0,7}$/, 'Enter a whole number, or nothing.')

export const limitRules = z.object({
  blocked: z.boolean(),
  max_order_qty: amountOrNothing,
  max_order_value: amountOrNothing,
  max_open_orders: countOrNothing,
  max_orders_per_second: countOrNothing,
  max_identical_orders: countOrNothing,
  market_collar: amountOrNothing,
})

export const correctionRules = z.object({
  asset: z.string().trim().toUpperCase().min(1, 'Enter USD or a symbol.'),
  amount: z
    .string()
    .trim()
    .regex(/^-?\d{1,18}(\.\d{1,8})?$/, 'Enter an amount, such as -5.00.')
    .refine((text) => /[1-9]/.test(text), 'It must not be zero.'),
  reason,
})

const rate = z
  .string()
  .trim()
  .regex(/^0?(\.\d{1,8})?$|^0$/, 'Enter a fraction below 1, such as 0.0025.')
  .refine((text) => text !== '' && text !== '.', 'Enter a fraction, such as 0.0025.')

export const tierRules = z.object({
  name: z.string().trim().min(1, 'Enter a name.').max(64, 'Use at most 64 characters.'),
  maker_rate: rate,
  taker_rate: rate,
})

export type HaltValues = z.infer<typeof haltRules>
export type LimitValues = z.infer<typeof limitRules>
export type CorrectionValues = z.infer<typeof correctionRules>
export type TierValues = z.infer<typeof tierRules>
