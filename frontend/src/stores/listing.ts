import { fetchProducts } from '@/api/catalog'
import type { Facets, LocalizedText, ProductList } from '@/api/catalog.types'
import { isAbort } from '@/api/client'
import {
  MULTI_FILTERS,
  toCatalogParams,
  type MultiFilter,
  type ProductQuery,
} from '@/composables/productQuery'

const FRESH_MS = 60_000
const KEPT_LISTS = 20

/** The list of products that the address asks for. */
export const useListingStore = defineStore('listing', () => {
  const list = shallowRef<ProductList | null>(null)
  const failure = shallowRef<unknown>(null)
  const loading = ref(false)
  const recent = new Map<string, { list: ProductList; at: number }>()
  const trail = new Map<string, ProductQuery>()
  const labels = new Map<string, LocalizedText>()
  let current: AbortController | null = null

  /** Shows the query's products. A newer call cancels an older one; lists seen in the last minute are there at once. */
  async function show(query: ProductQuery): Promise<void> {
    current?.abort()
    const key = toCatalogParams(query).toString()
    const known = recent.get(key)
    failure.value = null
    if (known && Date.now() - known.at < FRESH_MS) {
      list.value = known.list
      loading.value = false
      return
    }
    const mine = (current = new AbortController())
    loading.value = true
    try {
      const answer = await fetchProducts(query, mine.signal)
      remember(key, answer)
      list.value = answer
      learnLabels(answer.facets)
      if (answer.next_page_token) trail.set(answer.next_page_token, query)
    } catch (error) {
      if (isAbort(error)) return
      failure.value = error
    } finally {
      if (current === mine) loading.value = false
    }
  }

  /** The query of the page before, if this visit came through it. */
  const previous = (query: ProductQuery): ProductQuery | null => trail.get(query.pageToken ?? '') ?? null

  /** What a filter's value is called, as far as any list of this visit has said. */
  const labelOf = (key: MultiFilter, value: string) => labels.get(`${key}:${value}`)

  function learnLabels(facets: Facets) {
    for (const key of MULTI_FILTERS) {
      for (const { value, label } of facets[key]) {
        labels.set(`${key}:${value}`, label)
      }
    }
  }

  function remember(key: string, answer: ProductList) {
    recent.set(key, { list: answer, at: Date.now() })
    const oldest = recent.keys().next()
    if (recent.size > KEPT_LISTS && !oldest.done) recent.delete(oldest.value)
  }

  return { list, failure, loading, show, previous, labelOf }
})
