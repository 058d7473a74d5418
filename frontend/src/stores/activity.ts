import { activeRequests } from '@/api/client'

/** Whether the shop is fetching something: a page's code or a page's data. */
export const useActivityStore = defineStore('activity', () => {
  const navigating = ref(false)
  const busy = computed(() => navigating.value || activeRequests.value > 0)
  return { navigating, busy }
})
