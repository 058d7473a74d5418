import type { Facets, Product, ProductCard, ProductList, Variant } from '@/api/catalog.types'

const money = (amount: string) => ({ amount, currency: 'EUR' })
const both = (text: string) => ({ de: text, en: text })

/** A variant with the given differences. */
export const aVariant = (change: Partial<Variant> = {}): Variant => ({
  id: '01990000-0000-7000-8000-000000000001',
  sku: 'HELL-050',
  name: { de: '0,5 l Flasche', en: '0.5 l bottle' },
  volume_ml: 500,
  pack_size: 1,
  vessel: 'bottle',
  price: money('1.29'),
  price_per_litre: money('2.58'),
  previous_price: null,
  lowest_price_30_days: null,
  vat_rate: '19.00',
  deposit: { kind: 'reusable', amount: money('0.08') },
  available: true,
  ...change,
})

/** A card with the given differences. */
export const aCard = (change: Partial<ProductCard> = {}): ProductCard => ({
  id: '01990000-0000-7000-9000-000000000001',
  slug: 'kellerkind-hell',
  name: 'Kellerkind Hell',
  category: { slug: 'bier', name: { de: 'Bier', en: 'Beer' } },
  producer: { slug: 'kellerkind', name: 'Brauhaus Kellerkind' },
  style: { slug: 'helles', name: both('Helles') },
  origin: { country: 'DE', region: 'Bayern' },
  alcohol_by_volume: '4.9',
  alcohol_free: false,
  minimum_age: 16,
  rating: { average: '4.6', count: 12 },
  available: true,
  featured: false,
  image: null,
  variants: [aVariant()],
  ...change,
})

/** A product with the given differences. */
export const aProduct = (change: Partial<Product> = {}): Product => ({
  ...aCard(),
  description: { de: 'Ein Helles.', en: 'A Helles.' },
  tasting: { de: 'Nach Brot.', en: 'Of bread.' },
  ingredients: null,
  allergens: ['gluten_barley'],
  serving: null,
  images: [],
  created_at: '2026-01-01T00:00:00.000Z',
  updated_at: '2026-01-01T00:00:00.000Z',
  ...change,
})

/** Facets with the given differences. */
export const someFacets = (change: Partial<Facets> = {}): Facets => ({
  category: [{ value: 'bier', label: { de: 'Bier', en: 'Beer' }, count: 3 }],
  style: [],
  producer: [],
  deposit: [],
  origin: [],
  alcohol_free: [],
  price: { min: money('1.00'), max: money('9.00') },
  ...change,
})

/** A list of the given products. */
export const aList = (items: ProductCard[], change: Partial<ProductList> = {}): ProductList => ({
  items,
  next_page_token: null,
  total: items.length,
  facets: someFacets(),
  ...change,
})
