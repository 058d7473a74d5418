/** The catalogue's wire types. */

export type LocalizedText = { de: string; en: string }
export type Money = { amount: string; currency: string }

export type Image = {
  alt: LocalizedText
  color: string
  sources: { url: string; type: string; width: number }[]
}

export type Vessel = 'bottle' | 'can' | 'crate' | 'keg' | 'carton'
export type DepositKind = 'reusable' | 'one_way' | 'none'

export type Variant = {
  id: string
  sku: string
  name: LocalizedText
  volume_ml: number
  pack_size: number
  vessel: Vessel
  price: Money
  price_per_litre: Money
  previous_price: Money | null
  lowest_price_30_days: Money | null
  vat_rate: string
  deposit: { kind: DepositKind; amount: Money }
  available: boolean
}

export type ProductCard = {
  id: string
  slug: string
  name: string
  category: { slug: string; name: LocalizedText }
  producer: { slug: string; name: string }
  style: { slug: string; name: LocalizedText } | null
  origin: { country: string; region: string | null }
  alcohol_by_volume: string | null
  alcohol_free: boolean
  minimum_age: number
  rating: { average: string | null; count: number }
  available: boolean
  featured: boolean
  image: Image | null
  variants: Variant[]
}

export type Serving = {
  temperature_min_c?: number | null
  temperature_max_c?: number | null
  glass?: LocalizedText | null
}

export type Product = ProductCard & {
  description: LocalizedText
  tasting: LocalizedText
  ingredients: LocalizedText | null
  allergens: string[]
  serving: Serving | null
  images: Image[]
  created_at: string
  updated_at: string
}

export type FacetValue = { value: string; label?: LocalizedText; count: number }

export type Facets = {
  category: FacetValue[]
  style: FacetValue[]
  producer: FacetValue[]
  deposit: FacetValue[]
  origin: FacetValue[]
  alcohol_free: FacetValue[]
  price: { min: Money; max: Money } | null
}

export type ProductList = {
  items: ProductCard[]
  next_page_token: string | null
  total: number
  facets: Facets
}

export type Category = {
  slug: string
  name: LocalizedText
  description: LocalizedText
  count: number
  image: Image | null
}

export type Suggestion = {
  kind: 'product' | 'category' | 'producer'
  slug: string
  label: LocalizedText
  image: Image | null
}

export type Review = {
  id: string
  rating: number
  title: string
  body: string
  author: string
  created_at: string
}

export type ReviewList = {
  items: Review[]
  next_page_token: string | null
  total: number
  summary: { average: string | null; count: number; histogram: Record<string, number> }
}

export type Problem = {
  type: string
  title: string
  status: number
  detail?: string
  code?: string
  trace_id?: string
  errors?: { field: string; message: string; code: string }[]
}
