/** The state of the product list and its two written forms: the page's address and the catalogue's parameters. */

export const SORTS = [
  'relevance',
  'name',
  '-name',
  'price',
  '-price',
  'price_per_litre',
  'rating',
  'newest',
] as const
export type Sort = (typeof SORTS)[number]

/** Filters that hold several values, any of which may match. */
export const MULTI_FILTERS = ['category', 'style', 'producer', 'origin', 'deposit'] as const
export type MultiFilter = (typeof MULTI_FILTERS)[number]

export type ProductQuery = {
  q: string
  filters: Record<MultiFilter, readonly string[]>
  /** Gross EUR, as written in the address: "2" or "2.50". */
  minPrice: string | null
  maxPrice: string | null
  alcoholFree: boolean
  available: boolean
  sort: Sort
  pageToken: string | null
  /** Counts pages for the eye; the token alone decides what is shown. */
  page: number
}

export const PAGE_SIZE = 24

type RawQuery = Record<string, string | null | (string | null)[] | undefined>

const PRICE = /^\d{1,6}(\.\d{1,2})?$/

/** Reads the address; whatever it does not understand falls back to the default. */
export function parseProductQuery(raw: RawQuery): ProductQuery {
  const all = (key: string): string[] =>
    [raw[key] ?? []].flat().filter((value): value is string => Boolean(value))
  const one = (key: string) => all(key)[0] ?? null
  const several = (key: MultiFilter) => [...new Set(all(key))].sort()
  const price = (key: string) => {
    const value = one(key)
    return value && PRICE.test(value) ? value : null
  }
  const sort = one('sort') as Sort | null
  const pageToken = one('page_token')
  return {
    q: (one('q') ?? '').trim().slice(0, 100),
    filters: {
      category: several('category'),
      style: several('style'),
      producer: several('producer'),
      origin: several('origin'),
      deposit: several('deposit'),
    },
    minPrice: price('min_price'),
    maxPrice: price('max_price'),
    alcoholFree: one('alcohol_free') === 'true',
    available: one('available') === 'true',
    sort: sort && SORTS.includes(sort) ? sort : 'relevance',
    pageToken,
    page: pageToken ? Math.max(2, Number.parseInt(one('page') ?? '2', 10) || 2) : 1,
  }
}

/** Writes the address: defaults are left out, keys keep one order. */
export function toRouteQuery(query: ProductQuery): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = {}
  if (query.q) out.q = query.q
  for (const key of MULTI_FILTERS) {
    if (query.filters[key].length) out[key] = [...query.filters[key]]
  }
  if (query.minPrice) out.min_price = query.minPrice
  if (query.maxPrice) out.max_price = query.maxPrice
  if (query.alcoholFree) out.alcohol_free = 'true'
  if (query.available) out.available = 'true'
  if (query.sort !== 'relevance') out.sort = query.sort
  if (query.pageToken) {
    out.page_token = query.pageToken
    out.page = String(query.page)
  }
  return out
}

/** Writes the catalogue's parameters. */
export function toCatalogParams(query: ProductQuery): URLSearchParams {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(toRouteQuery(query))) {
    if (key === 'page') continue
    for (const item of [value].flat()) params.append(key, item)
  }
  params.set('page_size', String(PAGE_SIZE))
  return params
}

/** The query with some of its parts replaced; every change but a page turn starts at the first page. */
export function changeQuery(query: ProductQuery, change: Partial<ProductQuery>): ProductQuery {
  return { ...query, pageToken: null, page: 1, ...change }
}

/** The query with one value of a filter added, or removed if it was there. */
export function toggleFilter(query: ProductQuery, key: MultiFilter, value: string): ProductQuery {
  const values = query.filters[key]
  const next = values.includes(value) ? values.filter((other) => other !== value) : [...values, value].sort()
  return changeQuery(query, { filters: { ...query.filters, [key]: next } })
}

/** The query without any filter; search text and order stay. */
export function clearFilters(query: ProductQuery): ProductQuery {
  return { ...parseProductQuery({}), q: query.q, sort: query.sort }
}

/** How many filters narrow the list. */
export function countFilters(query: ProductQuery): number {
  const multi = MULTI_FILTERS.reduce((sum, key) => sum + query.filters[key].length, 0)
  return (
    multi +
    Number(query.minPrice !== null || query.maxPrice !== null) +
    Number(query.alcoholFree) +
    Number(query.available)
  )
}
