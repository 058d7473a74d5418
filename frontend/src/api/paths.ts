/** Where the catalogue answers, shared by the boot script and the client so that both ask for the very same address. */
import { toCatalogParams, type ProductQuery } from '../composables/productQuery'

const BASE = '/api/catalog'

export const categoriesPath = () => `${BASE}/categories`

export const productPath = (idOrSlug: string) => `${BASE}/products/${encodeURIComponent(idOrSlug)}`

export const productsPath = (query: ProductQuery) => `${BASE}/products?${toCatalogParams(query).toString()}`

export const suggestionsPath = (q: string) =>
  `${BASE}/products/suggestions?${new URLSearchParams({ q }).toString()}`

/** Related products: the same category, best rated first. */
export const relatedPath = (category: string) =>
  `${BASE}/products?${new URLSearchParams({ category, sort: 'rating', page_size: '5' }).toString()}`

export function reviewsPath(idOrSlug: string, pageToken?: string) {
  const params = new URLSearchParams({ page_size: '5' })
  if (pageToken) params.set('page_token', pageToken)
  return `${productPath(idOrSlug)}/reviews?${params.toString()}`
}
