/** A number's text in two parts: what stands as before, and what moved since. */
export interface MovedParts {
  readonly still: string
  readonly moved: string
}

/**
 * Which digits of a price moved, to emphasise them: "101.25" after "101.19" is "101." and "25". Texts are
 * compared from the left; one of another length, or the first one, moved as a whole.
 */
export function movedPart(previous: string | null, next: string): MovedParts {
  if (previous === null || previous.length !== next.length) return { still: '', moved: next }
  let same = 0
  while (same < next.length && previous[same] === next[same]) same += 1
  return { still: next.slice(0, same), moved: next.slice(same) }
}
