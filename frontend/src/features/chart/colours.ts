const TOKENS = {
  surface: '--surface-1',
  text: '--text-2',
  line: '--line',
  up: '--up',
  down: '--down',
  bid: '--bid',
  ask: '--ask',
  accent: '--accent',
} as const

export type Colours = Readonly<Record<keyof typeof TOKENS, string>>

/** The theme's colours as the canvas knows them: a pixel is painted with each and read back as RGB. */
export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element)
  const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const entries = Object.entries(TOKENS).map(([name, token]) => {
    const value = resolved(style, token)
    return [name, pixel === null ? value : painted(pixel, value)]
  })
  return Object.fromEntries(entries) as Colours
}

function resolved(style: CSSStyleDeclaration, token: string): string {
  return style.getPropertyValue(token).trim()
}

function painted(pixel: CanvasRenderingContext2D, colour: string): string {
  pixel.clearRect(0, 0, 1, 1)
  pixel.fillStyle = colour
  pixel.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = pixel.getImageData(0, 0, 1, 1).data
  return `rgb(${red}, ${green}, ${blue})`
}
