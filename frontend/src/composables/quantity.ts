/** How many of one thing may lie in the cart. */
export const MOST_OF_ONE = 99

/** The quantity that somebody has typed; null for what is none. */
export function readQuantity(text: string): number | null {
  const typed = text.trim()
  if (!/^\d{1,4}$/.test(typed)) return null
  return Math.min(Math.max(Number(typed), 1), MOST_OF_ONE)
}
