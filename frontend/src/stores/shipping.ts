import { fetchShippingMethods } from '@/api/orders'
import type { ShippingMethod } from '@/api/orders.types'

/** How orders can be shipped, and what that costs. */
export const useShippingStore = defineStore('shipping', () => {
  const methods = shallowRef<ShippingMethod[] | null>(null)
  const failure = shallowRef<unknown>(null)
  /** The worth of goods from which the ordinary way costs nothing. */
  const freeFrom = computed(() => methods.value?.find(({ free_from }) => free_from)?.free_from ?? null)

  /** Reads the methods, once. */
  async function load(): Promise<void> {
    if (methods.value) return
    failure.value = null
    try {
      methods.value = await fetchShippingMethods()
    } catch (error) {
      failure.value = error
    }
  }

  return { methods, failure, freeFrom, load }
})
