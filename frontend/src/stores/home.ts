import { fetchProducts } from '@/api/catalog'
import type { Image, ProductCard } from '@/api/catalog.types'
import { parseProductQuery } from '@/composables/productQuery'

const SHOWN = 8
const NEWEST_SHOWN = 4

/** The products on the front page. */
export const useHomeStore = defineStore('home', () => {
  const products = shallowRef<ProductCard[]>([])
  const featured = computed(() => pickFeatured(products.value))
  const newest = shallowRef<ProductCard[]>([])
  const failure = shallowRef<unknown>(null)

  /** Loads the featured products, then the newest ones that are not among them. */
  async function load(): Promise<void> {
    failure.value = null
    try {
      const { items } = await fetchProducts(parseProductQuery({}))
      products.value = items
      const latest = await fetchProducts(parseProductQuery({ sort: 'newest' }))
      newest.value = latest.items
        .filter((item) => !featured.value.some((other) => other.id === item.id))
        .slice(0, NEWEST_SHOWN)
    } catch (error) {
      failure.value = error
    }
  }

  /** A picture for a category that has none of its own: that of its first product here. */
  const pictureOf = (category: string): Image | null =>
    products.value.find((product) => product.category.slug === category && product.image)?.image ?? null

  return { featured, newest, failure, load, pictureOf }
})

/** Featured products first, available ones before others. */
function pickFeatured(items: ProductCard[]): ProductCard[] {
  const rank = (item: ProductCard) => Number(!item.featured) * 2 + Number(!item.available)
  return [...items].sort((a, b) => rank(a) - rank(b)).slice(0, SHOWN)
}
