import {
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  CrosshairMode,
  HistogramSeries,
  type AutoscaleInfo,
  type IChartApi,
  type IPriceLine,
  type ISeriesApi,
  type ISeriesMarkersPluginApi,
  LineStyle,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from 'lightweight-charts'
import { formatPrice, formatQuantity, type Increments } from '@/core/numbers/instrument'
import type { Candle } from './candles'
import type { Colours } from './colours'
import type { DragHost } from './dragging'
import { type ChartFill, type ChartOrder, marksOf } from './marks'

/** Own orders this far beyond the candles, as a share of the price, still widen the scale. */
const NEAR = 0.02
/** Fewer candles than this are spread over the width, instead of standing at its end. */
const FEW = 150

/**
 * The chart on its canvas. It is given ticks and lots, so its axis shows exact prices; whoever owns it says what
 * to draw, and this finds out the least to change.
 */
export class Drawing implements DragHost {
  private readonly chart: IChartApi
  private readonly candles: ISeriesApi<'Candlestick'>
  private readonly volumes: ISeriesApi<'Histogram'>
  private readonly marks: ISeriesMarkersPluginApi<Time>
  private readonly lines = new Map<string, { line: IPriceLine; order: ChartOrder }>()
  private drawn: readonly Candle[] = []
  /** The line that is being dragged. */
  private dragged: string | null = null

  constructor(
    element: HTMLElement,
    private readonly instrument: Increments,
    private colours: Colours,
  ) {
    this.chart = createChart(element, {
      autoSize: true,
      // The logo would be drawn by a style sheet and HTML that our policy refuses; Chart.tsx gives the credit in words.
      layout: { attributionLogo: false },
    })
    this.candles = this.chart.addSeries(CandlestickSeries, {
      priceFormat: {
        type: 'custom',
        minMove: 1,
        formatter: (ticks: number) => formatPrice(instrument, Math.round(ticks)),
        // The axis also marks every two and a half ticks, where no price can be: these stay without a number.
        tickmarksFormatter: (marks: number[]) =>
          marks.map((mark) => {
            const ticks = Math.round(mark)
            return Math.abs(mark - ticks) < 1e-6 ? formatPrice(instrument, ticks) : ''
          }),
      },
      borderVisible: false,
      autoscaleInfoProvider: (candlesOnly: () => AutoscaleInfo | null) =>
        this.withOrders(candlesOnly()),
    })
    this.volumes = this.chart.addSeries(HistogramSeries, {
      priceScaleId: 'volume',
      priceFormat: {
        type: 'custom',
        minMove: 1,
        formatter: (lots: number) => formatQuantity(instrument, Math.round(lots)),
      },
      lastValueVisible: false,
      priceLineVisible: false,
    })
    this.chart.priceScale('right').applyOptions({ scaleMargins: { top: 0.08, bottom: 0.24 } })
    this.volumes.priceScale().applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } })
    this.marks = createSeriesMarkers(this.candles, [])
    this.colour(colours)
  }

  /** Another theme: same picture, other colours. */
  colour(colours: Colours): void {
    this.colours = colours
    this.chart.applyOptions({
      layout: {
        background: { type: ColorType.Solid, color: colours.surface },
        textColor: colours.text,
        fontFamily: getComputedStyle(document.body).fontFamily,
        fontSize: 11,
      },
      grid: { vertLines: { color: colours.line }, horzLines: { color: colours.line } },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderColor: colours.line },
      timeScale: {
        borderColor: colours.line,
        timeVisible: true,
        rightOffset: 6,
        maxBarSpacing: 14,
      },
    })
    this.candles.applyOptions({
      upColor: colours.up,
      downColor: colours.down,
      wickUpColor: colours.up,
      wickDownColor: colours.down,
    })
    const { drawn } = this
    this.drawn = []
    this.showCandles(drawn)
    for (const { line, order } of this.lines.values()) line.applyOptions(this.lineOf(order))
  }

  /** `candles` oldest first. While only the end changes, only the end is drawn anew. */
  showCandles(candles: readonly Candle[]): void {
    const from = sharedLength(this.drawn, candles)
    const isContinuation = this.drawn.length > 0 && from >= this.drawn.length - 1
    if (isContinuation) {
      for (const candle of candles.slice(from)) {
        this.candles.update(bar(candle))
        this.volumes.update(this.volume(candle))
      }
    } else {
      this.candles.setData(candles.map(bar))
      this.volumes.setData(candles.map((candle) => this.volume(candle)))
      if (candles.length < FEW) this.chart.timeScale().fitContent()
    }
    this.drawn = candles
  }

  /** Open orders as lines across the chart, each with side and size. */
  showOrders(orders: readonly ChartOrder[]): void {
    const wanted = new Map(orders.map((order) => [order.id, order]))
    for (const [id, { line }] of this.lines) {
      if (!wanted.has(id)) {
        this.candles.removePriceLine(line)
        this.lines.delete(id)
      }
    }
    for (const order of orders) {
      const there = this.lines.get(order.id)
      if (there === undefined) {
        const line = this.candles.createPriceLine({ ...this.lineOf(order), price: order.ticks })
        this.lines.set(order.id, { line, order })
      } else {
        const isOther = differs(there.order, order)
        there.order = order
        // What is under somebody's pointer stays there until it is dropped.
        if (isOther && this.dragged !== order.id) there.line.applyOptions(this.lineOf(order))
      }
    }
  }

  /** Fills as arrows at the candle in which they happened: bought from below, sold from above. */
  showFills(fills: readonly ChartFill[], seconds: number): void {
    this.marks.setMarkers(
      marksOf(fills, seconds).map((mark): SeriesMarker<Time> => {
        const bought = mark.side === 'buy'
        return {
          id: mark.id,
          time: mark.startS as UTCTimestamp,
          position: bought ? 'belowBar' : 'aboveBar',
          shape: bought ? 'arrowUp' : 'arrowDown',
          color: bought ? this.colours.bid : this.colours.ask,
          text: formatQuantity(this.instrument, mark.lots),
        }
      }),
    )
  }

  /** Seconds are told on the axis only where candles are that short. */
  timeframe(seconds: number): void {
    this.chart
      .timeScale()
      .applyOptions({ secondsVisible: seconds < 60, timeVisible: seconds < 86_400 })
    this.chart.timeScale().resetTimeScale()
  }

  lineAt(y: number, reach: number): ChartOrder | null {
    let nearest: { order: ChartOrder; away: number } | null = null
    for (const { order } of this.lines.values()) {
      const at = order.movable ? this.candles.priceToCoordinate(order.ticks) : null
      const away = at === null ? Infinity : Math.abs(at - y)
      if (away <= reach && away < (nearest?.away ?? Infinity)) nearest = { order, away }
    }
    return nearest?.order ?? null
  }

  ticksAt(y: number): number | null {
    const ticks = this.candles.coordinateToPrice(y)
    return ticks === null ? null : Math.round(ticks)
  }

  isAxis(x: number): boolean {
    return x > this.chart.timeScale().width()
  }

  show({ id }: ChartOrder, ticks: number | null): void {
    this.dragged = ticks === null ? null : id
    const known = this.lines.get(id)
    if (known === undefined) return
    known.line.applyOptions(this.lineOf(ticks === null ? known.order : { ...known.order, ticks }))
  }

  hold(held: boolean): void {
    this.chart.applyOptions({ handleScroll: !held, handleScale: !held })
  }

  remove(): void {
    this.chart.remove()
  }

  /** The price range that is shown: that of the candles, and of own orders that are not too far from them. */
  private withOrders(info: AutoscaleInfo | null): AutoscaleInfo | null {
    if (info?.priceRange == null) return info
    const { minValue, maxValue } = info.priceRange
    const reach = Math.max(maxValue - minValue, maxValue * NEAR)
    const near = [...this.lines.values()]
      .map(({ order }) => order.ticks)
      .filter((ticks) => ticks >= minValue - reach && ticks <= maxValue + reach)
    return {
      ...info,
      priceRange: {
        minValue: Math.min(minValue, ...near),
        maxValue: Math.max(maxValue, ...near),
      },
    }
  }

  private lineOf(order: ChartOrder) {
    return {
      price: order.ticks,
      color: order.side === 'buy' ? this.colours.bid : this.colours.ask,
      lineWidth: 1 as const,
      lineStyle: order.waits ? LineStyle.Dotted : LineStyle.Dashed,
      axisLabelVisible: true,
      title: titleOf(this.instrument, order),
    }
  }

  private volume(candle: Candle) {
    const rose = candle.close >= candle.open
    return {
      time: candle.startS as UTCTimestamp,
      value: candle.volume,
      color: translucent(rose ? this.colours.up : this.colours.down),
    }
  }
}

function differs(one: ChartOrder, other: ChartOrder): boolean {
  return one.ticks !== other.ticks || one.lots !== other.lots || one.waits !== other.waits
}

function titleOf(instrument: Increments, { side, which, lots }: ChartOrder): string {
  const act = side === 'buy' ? 'Buy' : 'Sell'
  return `${which === 'stop' ? 'Stop: ' : ''}${act} ${formatQuantity(instrument, lots)}`
}

function bar({ startS, open, high, low, close }: Candle) {
  return { time: startS as UTCTimestamp, open, high, low, close }
}

function translucent(colour: string): string {
  return colour.replace('rgb(', 'rgba(').replace(')', ', 0.35)')
}

/** How many candles at the beginning are the same in both. */
function sharedLength(one: readonly Candle[], other: readonly Candle[]): number {
  const longest = Math.min(one.length, other.length)
  for (let at = 0; at < longest; at += 1) {
    const [a, b] = [one[at], other[at]]
    if (a !== b && (a === undefined || b === undefined || !same(a, b))) return at
  }
  return longest
}

function same(one: Candle, other: Candle): boolean {
  return (
    one.startS === other.startS &&
    one.open === other.open &&
    one.high === other.high &&
    one.low === other.low &&
    one.close === other.close &&
    one.volume === other.volume
  )
}
