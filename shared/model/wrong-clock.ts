/** Clocks that differ by no more are taken to be right; signing in to Azure forgives as much. */
export const clockSkewMs = 300_000;

/**
 * Whether a moment that was written down lies further ahead of now than it can: whoever wrote it had a
 * wrong clock, and nobody waits until it has come. `aheadMs` is how far ahead it may mean to lie.
 */
export function isOfWrongClock(moment: string | number, now: Date, aheadMs = 0): boolean {
  // oxlint-disable-next-line no-restricted-globals -- reading what is written looks at no clock
  const at = typeof moment === 'string' ? Date.parse(moment) : moment;
  return at - now.getTime() > aheadMs + clockSkewMs;
}
