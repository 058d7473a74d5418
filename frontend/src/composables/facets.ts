import type { Facets, LocalizedText } from '@/api/catalog.types'

import { MULTI_FILTERS, type MultiFilter, type ProductQuery } from './productQuery'

/** The facets with every chosen value among them: one that matches nothing any more must still be there to be removed. */
export function withChosen(
  facets: Facets,
  query: ProductQuery,
  labelOf: (key: MultiFilter, value: string) => LocalizedText | undefined,
): Facets {
  const completed = { ...facets }
  for (const key of MULTI_FILTERS) {
    const missing = query.filters[key]
      .filter((value) => !facets[key].some((facet) => facet.value === value))
      .map((value) => ({ value, count: 0, label: labelOf(key, value) ?? { de: value, en: value } }))
    completed[key] = [...facets[key], ...missing]
  }
  return completed
}
