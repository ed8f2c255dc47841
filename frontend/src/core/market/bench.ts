import { deltaOf, heartbeatOf, manualMarket, snapshotOf, tradesOf } from './manual'
import { ladderView, windowAround } from './ladder'

const LEVELS = 200
const MESSAGES = 50_000
/** 200 changes a second are about 3 messages a frame; 10 is a busy moment. */
const MESSAGES_A_FRAME = 10
const GAPS = 500
const BURST = 2_000

const bids = Array.from({ length: LEVELS }, (_, at) => [10_000 - at, 100 + at, 1] as const)
const asks = Array.from({ length: LEVELS }, (_, at) => [10_001 + at, 100 + at, 1] as const)

function live() {
  const client = manualMarket()
  client.market.watch('ACME')
  client.server.accept()
  client.server.tell(heartbeatOf(true), tradesOf([], true), snapshotOf({ sequence: 1, bids, asks }))
  client.frames.paint()
  return client
}

/** Frames as the server sends them: a delta of two levels, every fourth with a trade. */
function frames(count: number, from: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const sequence = from + at + 1
    const delta = deltaOf({
      previous: sequence - 1,
      sequence,
      bids: [[10_000 - (sequence % LEVELS), 1 + (sequence % 90), 1]],
      asks: [[10_001 + (sequence % LEVELS), 1 + (sequence % 70), 1]],
    })
    const trade = tradesOf([[sequence, 10_000 + (sequence % 2), 1, 'buy', sequence]])
    return JSON.stringify(sequence % 4 === 0 ? [trade, delta] : [delta])
  })
}

function milliseconds(work: () => void): number {
  const from = performance.now()
  work()
  return performance.now() - from
}

/** From text to store, a frame painted every `MESSAGES_A_FRAME` messages. */
function throughput() {
  const client = live()
  const texts = frames(MESSAGES, 1)
  const ms = milliseconds(() => {
    texts.forEach((text, at) => {
      client.server.deliver(text)
      if (at % MESSAGES_A_FRAME === 0) client.frames.paint()
    })
    client.frames.paint()
  })
  if (client.state.active?.book?.sequence !== MESSAGES + 1) throw new Error('the book fell behind')
  client.market.close()
  return {
    messages_per_second: Math.round(MESSAGES / (ms / 1_000)),
    us_per_message: round((1_000 * ms) / MESSAGES),
  }
}

/** From the message that shows a gap to a live book in the store, the network taking no time. */
function resync() {
  const client = live()
  const samples: number[] = []
  for (let gap = 0; gap < GAPS; gap += 1) {
    const sequence = 10 * (gap + 2)
    samples.push(
      milliseconds(() => {
        client.server.tell(deltaOf({ previous: sequence - 1, sequence }))
        client.server.tell(snapshotOf({ sequence, bids, asks }))
        client.frames.paint()
      }),
    )
    if (client.state.active?.book?.sequence !== sequence) throw new Error('no resync')
    // Long enough for the next gap to be answered at once.
    for (let second = 0; second < 6; second += 1) {
      client.time.advance(1_000)
      client.server.tell(heartbeatOf(true))
    }
  }
  if (client.state.resyncs.count !== GAPS) throw new Error('resyncs were not counted')
  client.market.close()
  samples.sort((a, b) => a - b)
  return {
    p50_ms: round(samples[GAPS / 2] ?? 0),
    p99_ms: round(samples[Math.floor(GAPS * 0.99)] ?? 0),
  }
}

/** A burst of prints, each in a frame of its own, and the one patch that shows it. */
function burst() {
  const client = live()
  const texts = Array.from({ length: BURST }, (_, at) =>
    JSON.stringify([tradesOf([[at + 10, 10_000, 1, 'sell', at]])]),
  )
  let patches = 0
  client.market.store.subscribe(() => (patches += 1))
  const ms = milliseconds(() => {
    for (const text of texts) client.server.deliver(text)
    client.frames.paint()
  })
  const result = { prints: BURST, patches, ms: round(ms) }
  client.market.close()
  return result
}

function ladder() {
  const client = live()
  const book = client.state.active?.book
  if (book === null || book === undefined) throw new Error('no book')
  const window = windowAround(10_000, 40, 5)
  const ms = milliseconds(() => {
    for (let view = 0; view < 10_000; view += 1) ladderView(book, window, 10_000)
  })
  client.market.close()
  return { us_per_view: round(ms / 10) }
}

const round = (value: number) => Math.round(1_000 * value) / 1_000

/** Each figure once to warm up, then measured. */
export function benchCore() {
  for (const measure of [throughput, resync, burst, ladder]) measure()
  return {
    levels_a_side: LEVELS,
    throughput: throughput(),
    resync_without_network: resync(),
    burst: burst(),
    ladder_of_40_rows: ladder(),
  }
}
