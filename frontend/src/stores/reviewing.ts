import { submitReview } from '@/api/catalog'
import type { OwnReview, ReviewIn } from '@/api/catalog.types'
import { RequestFailed } from '@/api/problem'

import { useAuthStore } from './auth'

/** What a customer says of products. */
export const useReviewingStore = defineStore('reviewing', () => {
  const auth = useAuthStore()
  /** What was said on this visit, by product; null where the service only knows that something was. */
  const said = reactive(new Map<string, OwnReview | null>())

  watch(
    () => auth.accountId,
    () => said.clear(),
  )

  /** Hands in a review, which staff reads before others do. */
  async function submit(productId: string, review: ReviewIn): Promise<void> {
    try {
      said.set(productId, await submitReview(productId, review))
    } catch (error) {
      if (!(error instanceof RequestFailed) || error.code !== 'already-reviewed') throw error
      said.set(productId, null)
    }
  }

  return { said, submit }
})
