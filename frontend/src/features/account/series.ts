/** A line through values, in a box of 100 x 100 that is stretched to where it is shown. Pure. */

export interface Series {
  /** For an SVG's `polyline`. */
  readonly points: string
  readonly first: number
  readonly last: number
  readonly lowest: number
  readonly highest: number
}

/** Null while there are no two values to draw a line between. */
export function seriesOf(values: readonly number[]): Series | null {
  const [first] = values
  const last = values.at(-1)
  if (first === undefined || last === undefined || values.length < 2) return null
  const lowest = Math.min(...values)
  const highest = Math.max(...values)
  const span = highest - lowest
  const points = values
    .map((value, at) => {
      const x = (100 * at) / (values.length - 1)
      // A level line stands in the middle.
      const y = span === 0 ? 50 : 100 - (100 * (value - lowest)) / span
      return `${round(x)},${round(y)}`
    })
    .join(' ')
  return { points, first, last, lowest, highest }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
