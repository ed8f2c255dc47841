import { type KeyboardEvent, type SyntheticEvent, useEffect, useRef, useState } from 'react'
import { Decimal } from '@/core/numbers/decimal'
import {
  type Increments,
  parsePrice,
  parseQuantity,
  priceText,
  quantityText,
} from '@/core/numbers/instrument'
import { stepped } from '@/core/numbers/stepping'
import type { Order } from '@/core/orders/order'
import type { Replacement } from '@/core/orders/terms'
import type { Trading } from '@/core/orders/trading'
import { useMarketState } from '@/shared/market/hooks'
import { describe } from '@/shared/trading/words'
import { Button } from '@/shared/ui/Button'
import { StepField } from '@/shared/ui/StepField'
import styles from './Blotter.module.css'

type Name = 'quantity' | 'limitPrice' | 'stopPrice' | 'trail'

interface FieldOfOrder {
  readonly name: Name
  readonly label: string
  /** As it is now. */
  readonly text: string
}

interface Props {
  order: Order
  trading: Trading
  onClose: () => void
}

/** Other terms for an open order, under its row. Enter sends them, Escape keeps what is. */
export function ChangeOrder({ order, trading, onClose }: Props) {
  const instrument = useMarketState(({ tickers }) => tickers.get(order.symbol))
  if (instrument === undefined) return <p>Its market has not been heard yet.</p>
  return <ChangeForm {...{ order, trading, onClose, instrument }} />
}

function ChangeForm({ order, trading, onClose, instrument }: Props & { instrument: Increments }) {
  // What stood there when it was opened: fills meanwhile change nothing that somebody is typing.
  const [fields] = useState(() => fieldsOf(order))
  const [texts, setTexts] = useState<Readonly<Partial<Record<Name, string>>>>({})
  const [isAsked, setAsked] = useState(false)
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])
  const textOf = ({ name, text }: FieldOfOrder) => texts[name] ?? text
  const { change, problems } = readChange(instrument, order, fields, textOf)
  const submit = (event: SyntheticEvent) => {
    event.preventDefault()
    setAsked(true)
    if (Object.keys(problems).length > 0) return
    if (change !== null) trading.replace(order.id, change)
    onClose()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose()
    if (event.key === 'Enter' && event.repeat) event.preventDefault()
  }
  return (
    // The form takes keys for the fields in it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      noValidate
      className={styles['change']}
      aria-label={`Change ${describe(order)}`}
      onSubmit={submit}
      onKeyDown={onKeyDown}
    >
      {fields.map((field, at) => (
        <StepField
          key={field.name}
          ref={at === fields.length - 1 ? first : null}
          label={field.label}
          step={field.name === 'quantity' ? 'one lot' : 'one tick'}
          value={textOf(field)}
          error={isAsked || field.name in texts ? problems[field.name] : undefined}
          onChange={(text) => setTexts({ ...texts, [field.name]: text })}
          onStep={(by) => {
            const kind = field.name === 'quantity' ? 'quantity' : 'price'
            const next = stepped(kind, instrument, textOf(field), by, 1)
            setTexts({ ...texts, [field.name]: next })
          }}
        />
      ))}
      <Button type="submit" kind="primary">
        {change === null ? 'Change it' : `Change to ${inShort(order, change)}`}
      </Button>
      <Button onClick={onClose}>Keep it</Button>
    </form>
  )
}

/** The price last: it is what is changed most, and where the keyboard begins. */
function fieldsOf(order: Order): readonly FieldOfOrder[] {
  const { quantity, limitPrice, stopPrice, trailPrice, trailPercent, type } = order
  const trail = trailPrice ?? trailPercent
  const unit = trailPrice === null ? 'Trail in %' : 'Trail'
  const all: readonly (FieldOfOrder | null)[] = [
    quantity === null ? null : { name: 'quantity', label: 'Quantity', text: quantity },
    stopPrice === null || type === 'trailing_stop'
      ? null
      : { name: 'stopPrice', label: 'Stop price', text: stopPrice },
    limitPrice === null ? null : { name: 'limitPrice', label: 'Price', text: limitPrice },
    trail === null ? null : { name: 'trail', label: unit, text: trail },
  ]
  return all.filter((each) => each !== null)
}

/** What is asked anew; null while nothing is another than it was. */
function readChange(
  instrument: Increments,
  order: Order,
  fields: readonly FieldOfOrder[],
  textOf: (field: FieldOfOrder) => string,
): { change: Replacement | null; problems: Readonly<Partial<Record<Name, string>>> } {
  const problems: Partial<Record<Name, string>> = {}
  const change: Partial<Record<Name, string>> = {}
  for (const field of fields) {
    const text = textOf(field)
    const isPercent = field.name === 'trail' && order.trailPrice === null
    const parsed = isPercent ? percentOf(text) : exactOf(instrument, field.name, text)
    if ('problem' in parsed) problems[field.name] = parsed.problem
    else if (!Decimal.parse(parsed.text).equals(Decimal.parse(field.text))) {
      change[field.name] = parsed.text
    }
  }
  const quantity = change.quantity
  if (quantity !== undefined) {
    const filled = Decimal.parse(order.filledQuantity)
    if (Decimal.parse(quantity).compare(filled) <= 0) {
      problems.quantity = `It is the whole quantity: ${order.filledQuantity} of it is filled.`
    }
  }
  return { change: Object.keys(change).length === 0 ? null : change, problems }
}

type Exact = { readonly text: string } | { readonly problem: string }

function exactOf(instrument: Increments, name: Name, text: string): Exact {
  const isSize = name === 'quantity'
  const parsed = isSize ? parseQuantity(instrument, text) : parsePrice(instrument, text)
  if (!parsed.ok)
    return { problem: `${parsed.problem.charAt(0).toUpperCase()}${parsed.problem.slice(1)}.` }
  return { text: (isSize ? quantityText : priceText)(instrument, parsed.value) }
}

function percentOf(text: string): Exact {
  const percent = Decimal.read(text.trim())
  const isFit = percent !== null && percent.sign > 0 && percent.compare(Decimal.of(100)) < 0
  if (!isFit) return { problem: 'Enter a percentage above 0 and below 100.' }
  return { text: percent.trimmed().toString() }
}

function inShort(order: Order, change: Replacement): string {
  const size = change.quantity ?? order.quantity ?? ''
  const at = change.stopPrice ?? change.limitPrice ?? order.stopPrice ?? order.limitPrice
  if (change.trail !== undefined) return `${size} trailing by ${change.trail}`
  return at === null ? size : `${size} at ${at}`
}
