import { fetchOrders } from '@/api/orders'

import { useAuthStore } from './auth'
import { usePaged } from './paged'

/** What the customer has ordered so far, the newest first. */
export const useOrderHistoryStore = defineStore('order-history', () => {
  const auth = useAuthStore()
  const paged = usePaged((pageToken) => fetchOrders(auth.accountId ?? '', pageToken))
  watch(() => auth.accountId, paged.clear)
  return paged
})
