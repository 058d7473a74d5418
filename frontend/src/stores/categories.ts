import { fetchCategories } from '@/api/catalog'
import type { Category } from '@/api/catalog.types'

/** The shop's categories, loaded once. */
export const useCategoriesStore = defineStore('categories', () => {
  const categories = shallowRef<Category[]>([])
  let loading: Promise<void> | null = null

  /** Loads the categories unless they are there; a failure leaves them for the next call. */
  function load(): Promise<void> {
    loading ??= fetchCategories()
      .then((items) => {
        categories.value = items
      })
      .catch((error: unknown) => {
        loading = null
        throw error
      })
    return loading
  }

  return { categories, load }
})
