import type {
  Category,
  CategoryList,
  OwnReview,
  Product,
  ProductCard,
  ProductList,
  ReviewIn,
  ReviewList,
  Suggestion,
  SuggestionList,
} from './catalog.types'
import type { ProductQuery } from '@/composables/productQuery'

import { get, send } from './client'
import { categoriesPath, productPath, productsPath, relatedPath, reviewsPath, suggestionsPath } from './paths'

export const fetchCategories = async (): Promise<Category[]> =>
  (await get<CategoryList>(categoriesPath())).items

export const fetchProducts = (query: ProductQuery, signal?: AbortSignal): Promise<ProductList> =>
  get(productsPath(query), signal)

export const fetchProduct = (idOrSlug: string, signal?: AbortSignal): Promise<Product> =>
  get(productPath(idOrSlug), signal)

export const fetchReviews = (
  idOrSlug: string,
  pageToken?: string,
  signal?: AbortSignal,
): Promise<ReviewList> => get(reviewsPath(idOrSlug, pageToken), signal)

export const submitReview = (productId: string, review: ReviewIn): Promise<OwnReview> =>
  send('POST', `${productPath(productId)}/reviews`, review)

/** Up to four other products of the same category. */
export async function fetchRelated(product: ProductCard, signal?: AbortSignal): Promise<ProductCard[]> {
  const list = await get<ProductList>(relatedPath(product.category.slug), signal)
  return list.items.filter((item) => item.id !== product.id).slice(0, 4)
}

export const fetchSuggestions = async (q: string, signal?: AbortSignal): Promise<Suggestion[]> =>
  (await get<SuggestionList>(suggestionsPath(q), signal)).items
