/** Which field a refusal of the platform is about. */
import type { Problem } from '@/core/orders/problem'
import { type Field, sentence } from './reading'

const TYPES: Readonly<Record<string, Field>> = {
  insufficient_buying_power: 'quantity',
  insufficient_shares: 'quantity',
}

/** The request's fields, as the problem document names them. */
const FIELDS: Readonly<Record<string, Field>> = {
  limit_price: 'price',
  qty: 'quantity',
  time_in_force: 'timeInForce',
  type: 'type',
}

/** By the words of a sentence that names no field in front. */
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
  const [named] = Object.keys(problem.fields)
  const field = named === undefined ? fieldOf(problem) : FIELDS[named]
  const said = NAMES.reduce((text, [name, word]) => text.replace(name, word), problem.message)
  return { field: field ?? null, sentence: sentence(said), requestId: problem.requestId }
}

function fieldOf({ type, message }: Problem): Field | undefined {
  return TYPES[type] ?? WORDS.find(([words]) => words.test(message))?.[1]
}
