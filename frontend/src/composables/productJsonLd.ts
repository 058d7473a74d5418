import type { Product } from '@/api/catalog.types'

/** A product in schema.org's terms, one offer per variant. */
export function productJsonLd(product: Product, description: string, address: string): object {
  const { average, count } = product.rating
  return {
    '@context': 'https://schema.org',
    '@type': 'Product',
    name: product.name,
    description,
    brand: { '@type': 'Brand', name: product.producer.name },
    image: product.images
      .flatMap((image) => image.sources.slice(-1))
      .map(({ url }) => new URL(url, address).href),
    ...(average && {
      aggregateRating: { '@type': 'AggregateRating', ratingValue: average, reviewCount: count },
    }),
    offers: product.variants.map((variant) => ({
      '@type': 'Offer',
      sku: variant.sku,
      url: `${address}?variant=${encodeURIComponent(variant.sku)}`,
      price: variant.price.amount,
      priceCurrency: variant.price.currency,
      availability: `https://schema.org/${variant.available ? 'InStock' : 'OutOfStock'}`,
      priceSpecification: {
        '@type': 'UnitPriceSpecification',
        price: variant.price_per_litre.amount,
        priceCurrency: variant.price_per_litre.currency,
        valueAddedTaxIncluded: true,
        referenceQuantity: { '@type': 'QuantitativeValue', value: 1, unitCode: 'LTR' },
      },
    })),
  }
}
