const clockTime = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** Local time of day of an engine stamp (microseconds since the epoch): "14:03:07". */
export function formatTime(timeUs: number): string {
  return clockTime.format(timeUs / 1000)
}

/** How old something is, in the largest unit that says enough: "0 s", "59 s", "3 min", "2 h". */
export function formatAge(ageMs: number): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`
}
