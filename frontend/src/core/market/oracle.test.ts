import fc from 'fast-check'
import { expect, it } from 'vitest'
import { heartbeatOf, type ManualMarket, manualMarket } from './manual'
import { type Change, OracleBook } from './oracle'
import type { BookView } from './state'

/** What happens to the way between server and client, step by step. */
type Step =
  | { readonly kind: 'event'; readonly change: Change; readonly skip: number }
  | {
      readonly kind:
        'send' | 'lose' | 'repeat' | 'hold' | 'release' | 'snapshot' | 'break' | 'paint'
    }
  | { readonly kind: 'wait'; readonly ms: number }

const change: fc.Arbitrary<Change> = fc.record({
  bid: fc.boolean(),
  ticks: fc.integer({ min: 90, max: 110 }),
  lots: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9 })),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('event' as const),
      change,
      skip: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('paint' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.integer({ min: 1, max: 3000 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'lose' as const,
        'repeat' as const,
        'hold' as const,
        'release' as const,
        'snapshot' as const,
        'break' as const,
      ),
    }),
  },
)

const shown = ({ bids, asks }: BookView) =>
  JSON.stringify([bids, asks].map((side) => side.map(({ ticks, lots }) => [ticks, lots])))

/** The server's end: keeps the oracle, answers what the client asks, and lets a step spoil the way. */
class Way {
  readonly oracle = new OracleBook()
  private answered = 0
  private connection = 0
  private held: object[] = []
  private last: object[] = []

  constructor(private readonly client: ManualMarket) {}

  /** New connections are accepted, subscriptions and resyncs are answered with a snapshot. */
  serve(): void {
    const { server, sockets } = this.client
    if (sockets.length !== this.connection) {
      this.connection = sockets.length
      this.answered = 0
      this.held = []
      this.last = []
      server.accept()
      server.tell({ type: 'welcome', log_id: 'log', interval_ms: 20, symbols_limit: 10 })
    }
    for (; this.answered < server.requests.length; this.answered += 1) {
      if (server.requests[this.answered]?.['action'] !== 'unsubscribe')
        this.deliver([this.oracle.snapshot()])
    }
  }

  take(step: Step): void {
    const { client, oracle } = this
    if (step.kind === 'event') oracle.apply(step.change, step.skip)
    else if (step.kind === 'paint') client.frames.paint()
    else if (step.kind === 'wait') client.time.advance(step.ms)
    else if (step.kind === 'snapshot') this.deliver([oracle.snapshot()])
    else if (step.kind === 'break') client.server.drop()
    else if (step.kind === 'repeat') this.deliver(this.last)
    else if (step.kind === 'release') this.deliver(this.held.splice(0))
    else {
      const delta = oracle.delta()
      if (delta === null) return
      if (step.kind === 'send') this.deliver([delta])
      else if (step.kind === 'hold') this.held.push(delta)
    }
  }

  deliver(messages: object[]): void {
    if (messages.length === 0) return
    this.last = messages
    this.client.server.tell(...messages)
  }
}

it('whatever happens on the way, a live book is the oracle’s, and in the end it is the newest', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const client = manualMarket()
      const way = new Way(client)
      client.market.watch('ACME')
      const check = () => {
        const { active } = client.state
        if (active?.bookPhase !== 'live' || active.book === null) return
        expect(shown(active.book)).toBe(way.oracle.at(active.book.sequence))
      }
      client.market.store.subscribe(check)
      for (const next of steps) {
        way.serve()
        way.take(next)
        check()
      }

      // The faults are over. One more event shows the client whether it missed something.
      if (client.server.closed) client.time.advance(20_000)
      way.serve()
      way.take({ kind: 'event', change: { bid: true, ticks: 50, lots: 7 }, skip: 1 })
      way.take({ kind: 'send' })
      for (let second = 0; second < 30; second += 1) {
        way.serve()
        way.deliver([heartbeatOf(true)])
        client.time.advance(1_000)
      }
      client.frames.paint()
      const { active } = client.state
      expect(active?.bookPhase).toBe('live')
      expect(active?.book?.sequence).toBe(way.oracle.sequence)
      expect(active?.book && shown(active.book)).toBe(way.oracle.at(way.oracle.sequence))
      client.market.close()
      expect(client.time.waiting).toBe(0)
    }),
    { numRuns: 300 },
  )
})
