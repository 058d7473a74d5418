import { fetchProduct } from '@/api/catalog'
import type { ReviewState, StaffReview } from '@/api/catalog.types'
import { fetchStaffReviews, moderateReview } from '@/api/staff'

import { usePaged } from './paged'

type Named = { name: string; slug: string }

/** The reviews that staff reads, by where they stand. */
export const useStaffReviewsStore = defineStore('staff-reviews', () => {
  const state = ref<ReviewState>('PENDING')
  /** The products that are spoken of; null for those that are no longer sold. */
  const products = reactive(new Map<string, Named | null>())
  const list = usePaged<StaffReview>(async (pageToken) => {
    const page = await fetchStaffReviews(state.value, pageToken)
    new Set(page.items.map((review) => review.product_id)).forEach((id) => void learn(id))
    return page
  })

  async function show(wanted: ReviewState): Promise<void> {
    state.value = wanted
    list.clear()
    await list.load()
  }

  /** Decides on a review, which then leaves this list. */
  async function decide(id: string, decision: 'PUBLISHED' | 'REJECTED'): Promise<void> {
    await moderateReview(id, decision)
    list.items.value = list.items.value?.filter((review) => review.id !== id) ?? null
    if (list.items.value?.length === 0) await list.more()
  }

  async function learn(id: string) {
    if (products.has(id)) return
    products.set(id, await fetchProduct(id).catch(() => null))
  }

  return { ...list, state, products, show, decide }
})
