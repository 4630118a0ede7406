// Times and sizes in words.

const two = (n: number): string => String(n).padStart(2, '0')

/** 61_000 → "1:01", 3_661_000 → "1:01:01". */
export const clockText = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** With tenths, for rows: 61_240 → "1:01.2". */
export const preciseText = (ms: number): string => `${clockText(ms)}.${Math.floor((Math.max(0, ms) % 1000) / 100)}`

/** How long something took: "84 ms", "1.24 s", "2 min 5 s". */
export const durationText = (ms: number): string => {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

/** Bytes: "812 B", "4.1 kB". */
export const sizeText = (bytes: number): string => {
  if (!(bytes >= 0)) return '–'
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
}

export const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
