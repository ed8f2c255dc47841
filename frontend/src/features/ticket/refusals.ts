/** Which field a refusal of the platform is about. */
import type { Problem } from '@/core/orders/problem'
import { type Field, sentence } from './reading'

const TYPES: Readonly<Record<string, Field>> = {
  insufficient_buying_power: 'quantity',
  insufficient_shares: 'quantity',
}

/** By the words of the sentence, which name the request's fields. */
const WORDS: readonly (readonly [RegExp, Field])[] = [
  [/\blimit_price\b|price increment/, 'price'],
  [/\bqty\b|fractionable/, 'quantity'],
  [/\btime_in_force\b/, 'timeInForce'],
  [/market order|\btype\b/, 'type'],
]

/** The API's names of the fields, as the ticket calls them. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/\blimit_price\b/g, 'price'],
  [/\bqty\b/g, 'quantity'],
  [/\btime_in_force\b/g, 'time in force'],
]

export interface Refusal {
  /** Null: about the order as a whole. */
  readonly field: Field | null
  readonly sentence: string
  readonly requestId: string | null
}

export function refusalOf(problem: Problem): Refusal {
  const field = TYPES[problem.type] ?? WORDS.find(([words]) => words.test(problem.message))?.[1]
  const said = NAMES.reduce((text, [name, word]) => text.replace(name, word), problem.message)
  return { field: field ?? null, sentence: sentence(said), requestId: problem.requestId }
}
