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
