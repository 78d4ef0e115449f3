/** How figures are written. */

/** A time in the unit that suits it. */
export function figure(ns: number): string {
  if (Number.isNaN(ns)) return '–'
  if (ns < 1e3) return `${ns < 9.995 ? ns.toFixed(2) : ns.toFixed(ns < 99.95 ? 1 : 0)} ns`
  if (ns < 1e6) return `${(ns / 1e3).toFixed(ns < 9995 ? 2 : 1)} µs`
  if (ns < 1e9) return `${(ns / 1e6).toFixed(ns < 9.995e6 ? 2 : 1)} ms`
  return `${(ns / 1e9).toFixed(2)} s`
}

export function ratio(value: number | undefined): string {
  if (value === undefined) return ''
  return `${value < 99.95 ? value.toFixed(2) : Math.round(value).toLocaleString('en-US')}×`
}

export function bytes(value: number | null): string {
  if (value === null) return '–'
  return value === 0 ? '0' : value.toFixed(1)
}

/** `1,234,567` */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** `10 M` */
export function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6} M`
  return value >= 1e3 ? `${value / 1e3} k` : String(value)
}
