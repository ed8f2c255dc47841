import type { Locator } from '@playwright/test'

/** How many pixels of a drawing have exactly the colour of a token of the theme. */
export async function painted(drawing: Locator, token: string): Promise<number> {
  return (await rowsOf(drawing, token)).reduce((sum, count) => sum + count, 0)
}

/** How many pixels of that colour the row has that has most: a line across counts hundreds, a letter a few. */
export async function longestRun(drawing: Locator, token: string): Promise<number> {
  return Math.max(0, ...(await rowsOf(drawing, token)))
}

/** For each row of the drawing's largest canvases, how many pixels have the token's colour. */
function rowsOf(drawing: Locator, token: string): Promise<number[]> {
  return drawing.evaluate((element, name) => {
    const read = (canvas: HTMLCanvasElement) => {
      const { width, height } = canvas
      return width === 0 || height === 0
        ? null
        : (canvas.getContext('2d')?.getImageData(0, 0, width, height) ?? null)
    }
    const sample = document.createElement('canvas')
    sample.width = sample.height = 1
    const brush = sample.getContext('2d')
    if (brush === null) return []
    brush.fillStyle = getComputedStyle(element).getPropertyValue(name).trim()
    brush.fillRect(0, 0, 1, 1)
    const [red, green, blue] = brush.getImageData(0, 0, 1, 1).data
    return [...element.querySelectorAll('canvas')].flatMap((canvas) => {
      const image = read(canvas)
      if (image === null) return []
      const rows = Array.from({ length: image.height }, () => 0)
      for (let at = 0; at < image.data.length; at += 4) {
        const { data } = image
        if (data[at] !== red || data[at + 1] !== green || data[at + 2] !== blue) continue
        const row = Math.floor(at / 4 / image.width)
        rows[row] = (rows[row] ?? 0) + 1
      }
      return rows
    })
  }, token)
}
