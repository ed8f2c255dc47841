import type { Locator } from '@playwright/test'

/** How many pixels of a colour the row has that has most of it: a line across counts hundreds, a letter few. */
export async function widest(drawing: Locator, token: string): Promise<number> {
  return (await mostOf(drawing, token)).inRow
}

/** The same for columns: the body of a candle. */
export async function tallest(drawing: Locator, token: string): Promise<number> {
  return (await mostOf(drawing, token)).inColumn
}

/** Counts the pixels that have exactly the colour of a token of the theme, in each canvas of a drawing. */
function mostOf(drawing: Locator, token: string): Promise<{ inRow: number; inColumn: number }> {
  return drawing.evaluate((element, name) => {
    const brush = document.createElement('canvas').getContext('2d')
    if (brush === null) throw new Error('a browser without canvas')
    brush.fillStyle = getComputedStyle(element).getPropertyValue(name).trim()
    brush.fillRect(0, 0, 1, 1)
    const [red, green, blue] = brush.getImageData(0, 0, 1, 1).data
    const most = { inRow: 0, inColumn: 0 }
    for (const canvas of element.querySelectorAll('canvas')) {
      const { width, height } = canvas
      if (width === 0 || height === 0) continue
      const data = canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? []
      const rows = new Map<number, number>()
      const columns = new Map<number, number>()
      for (let at = 0; at < data.length; at += 4) {
        if (data[at] !== red || data[at + 1] !== green || data[at + 2] !== blue) continue
        const row = Math.floor(at / 4 / width)
        const column = (at / 4) % width
        rows.set(row, (rows.get(row) ?? 0) + 1)
        columns.set(column, (columns.get(column) ?? 0) + 1)
      }
      most.inRow = Math.max(most.inRow, ...rows.values())
      most.inColumn = Math.max(most.inColumn, ...columns.values())
    }
    return most
  }, token)
}
