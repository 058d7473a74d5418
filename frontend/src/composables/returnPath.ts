/** The path of the shop that an address in a query leads to; null for one of any other site, or of none. */
export function returnPath(to: unknown): string | null {
  if (typeof to !== 'string' || !to.startsWith('/')) return null
  try {
    const { origin, pathname, search, hash } = new URL(to, location.origin)
    return origin === location.origin && /^\/(de|en)(\/|$)/.test(pathname) ? pathname + search + hash : null
  } catch {
    return null
  }
}
