/** Charts as SVG text: bars and lines, readable on light and on dark pages. */

export interface Bar {
  readonly label: string
  readonly value: number
  /** What stands behind the bar. */
  readonly text: string
  readonly isOurs?: boolean
}

export interface Line {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
  readonly isOurs?: boolean
}

export interface Axis {
  readonly title: string
  readonly tick: (value: number) => string
}

const WIDTH = 760
const STYLE = `<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.title { font-size: 16px; font-weight: 600 } .small { font-size: 11px; fill: #57606a }
.ours { fill: #0969da; stroke: none } .theirs { fill: #afb8c1; stroke: none }
.line { fill: none; stroke-width: 2 } .line.ours { fill: none; stroke: #0969da }
.line.theirs { fill: none; stroke: #8c959f; stroke-dasharray: 5 4 }
.grid { stroke: #d0d7de; stroke-width: 1 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .small { fill: #8d96a0 } .ours { fill: #4493f8 } .theirs { fill: #656c76 }
  .line.ours { stroke: #4493f8 } .line.theirs { stroke: #8d96a0 } .grid { stroke: #3d444d }
}
</style>`

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function frame(height: number, title: string, subtitle: string, body: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    STYLE,
    `<text class="title" x="12" y="24">${escapeXml(title)}</text>`,
    `<text class="small" x="12" y="42">${escapeXml(subtitle)}</text>`,
    ...body,
    '</svg>',
    '',
  ].join('\n')
}

const round = (value: number) => Number(value.toFixed(1))

/** One decade after another, from the one at or below the least value to the one at or above the greatest. */
export function decades(values: readonly number[]): number[] {
  const low = Math.floor(Math.log10(Math.min(...values)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))))
  return Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i))
}

/** Horizontal bars, on a logarithmic scale where the values are far apart. */
export function barChart(
  title: string,
  subtitle: string,
  bars: readonly Bar[],
  isLogarithmic: boolean,
): string {
  const left = 200
  const room = WIDTH - left - 110
  const values = bars.map(({ value }) => value)
  const ticks = isLogarithmic ? decades(values) : [0, Math.max(...values)]
  const scale = isLogarithmic ? Math.log10 : (value: number) => value
  const low = scale(ticks[0] as number)
  const high = scale(ticks.at(-1) as number)
  const lengthOf = (value: number) => round(Math.max(2, ((scale(value) - low) / (high - low)) * room))
  const body = bars.flatMap(({ label, value, text, isOurs = false }, i) => {
    const y = 58 + i * 28
    const length = lengthOf(value)
    return [
      `<text x="${left - 8}" y="${y + 15}" text-anchor="end">${escapeXml(label)}</text>`,
      `<rect class="${isOurs ? 'ours' : 'theirs'}" x="${left}" y="${y}" width="${length}" height="20" rx="2"/>`,
      `<text x="${left + length + 6}" y="${y + 15}">${escapeXml(text)}</text>`,
    ]
  })
  return frame(70 + bars.length * 28, title, subtitle, body)
}

/** Lines over two logarithmic scales. */
export function lineChart(title: string, subtitle: string, lines: readonly Line[], x: Axis, y: Axis): string {
  const [left, top, width, height] = [70, 66, WIDTH - 220, 300]
  const all = lines.flatMap(({ points }) => points)
  const xTicks = decades(all.map(([value]) => value))
  const yTicks = decades(all.map(([, value]) => value))
  const along = (value: number, ticks: readonly number[], length: number) => {
    const low = Math.log10(ticks[0] as number)
    return ((Math.log10(value) - low) / (Math.log10(ticks.at(-1) as number) - low)) * length
  }
  const xOf = (value: number) => round(left + along(value, xTicks, width))
  const yOf = (value: number) => round(top + height - along(value, yTicks, height))
  const body = [
    ...yTicks.flatMap((value) => [
      `<line class="grid" x1="${left}" y1="${yOf(value)}" x2="${left + width}" y2="${yOf(value)}"/>`,
      `<text class="small" x="${left - 6}" y="${yOf(value) + 4}" text-anchor="end">${escapeXml(y.tick(value))}</text>`,
    ]),
    ...xTicks.map(
      (value) =>
        `<text class="small" x="${xOf(value)}" y="${top + height + 18}" text-anchor="middle">${escapeXml(x.tick(value))}</text>`,
    ),
    `<text class="small" x="${left + width / 2}" y="${top + height + 36}" text-anchor="middle">${escapeXml(x.title)}</text>`,
    `<text class="small" x="12" y="58">${escapeXml(y.title)}</text>`,
    ...drawn(lines, xOf, yOf, left + width),
  ]
  return frame(top + height + 48, title, subtitle, body)
}

function drawn(
  lines: readonly Line[],
  xOf: (value: number) => number,
  yOf: (value: number) => number,
  right: number,
): string[] {
  // Names stand where their lines end, moved apart where those meet.
  let below = Number.NEGATIVE_INFINITY
  const byEnd = [...lines].sort((a, b) => yOf(a.points.at(-1)?.[1] ?? 1) - yOf(b.points.at(-1)?.[1] ?? 1))
  return byEnd.flatMap(({ name, points, isOurs = false }) => {
    const end = points.at(-1)
    if (end === undefined) return []
    below = Math.max(yOf(end[1]) + 4, below + 15)
    const path = points.map(([px, py]) => `${xOf(px)},${yOf(py)}`).join(' ')
    return [
      `<polyline class="line ${isOurs ? 'ours' : 'theirs'}" points="${path}"/>`,
      `<text class="small" x="${right + 8}" y="${round(below)}">${escapeXml(name)}</text>`,
    ]
  })
}
