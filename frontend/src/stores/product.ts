import { fetchProduct, fetchRelated, fetchReviews } from '@/api/catalog'
import type { Product, ProductCard, ReviewList } from '@/api/catalog.types'
import { isAbort } from '@/api/client'

/** One product with its reviews and its neighbours on the shelf. */
export const useProductStore = defineStore('product', () => {
  const product = shallowRef<Product | null>(null)
  const related = shallowRef<ProductCard[]>([])
  const reviews = shallowRef<ReviewList | null>(null)
  const failure = shallowRef<unknown>(null)
  const reviewsFailed = ref(false)
  const loadingReviews = ref(false)
  let current: AbortController | null = null

  /** Loads a product; reviews and neighbours follow by themselves and may fail without harm to the page. */
  async function load(slug: string): Promise<void> {
    current?.abort()
    const mine = (current = new AbortController())
    failure.value = null
    if (product.value?.slug !== slug) {
      product.value = null
      related.value = []
      reviews.value = null
      reviewsFailed.value = false
    }
    try {
      const found = await fetchProduct(slug, mine.signal)
      product.value = found
      void follow(found, mine.signal)
    } catch (error) {
      if (!isAbort(error)) failure.value = error
    }
  }

  async function follow(found: Product, signal: AbortSignal) {
    const [reviewList, neighbours] = await Promise.allSettled([
      fetchReviews(found.id, undefined, signal),
      fetchRelated(found, signal),
    ])
    if (signal.aborted) return
    reviewsFailed.value = reviewList.status === 'rejected'
    if (reviewList.status === 'fulfilled') reviews.value = reviewList.value
    if (neighbours.status === 'fulfilled') related.value = neighbours.value
  }

  /** Appends the next reviews. */
  async function moreReviews(): Promise<void> {
    const known = reviews.value
    if (!product.value || !known?.next_page_token || loadingReviews.value) return
    const { id } = product.value
    loadingReviews.value = true
    try {
      const next = await fetchReviews(id, known.next_page_token)
      if (product.value.id === id) {
        reviews.value = { ...next, items: [...known.items, ...next.items] }
      }
    } finally {
      loadingReviews.value = false
    }
  }

  return { product, related, reviews, failure, reviewsFailed, loadingReviews, load, moreReviews }
})
