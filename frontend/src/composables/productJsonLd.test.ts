import { expect, test } from 'vitest'

import { aProduct, aVariant } from '@/testing/fixtures'

import { productJsonLd } from './productJsonLd'

const ADDRESS = 'https://shop.example/de/products/kellerkind-hell'

test('every variant is an offer with its price per litre', () => {
  const product = aProduct({ variants: [aVariant(), aVariant({ sku: 'CRATE', available: false })] })

  expect(productJsonLd(product, 'Ein Helles.', ADDRESS)).toMatchObject({
    '@type': 'Product',
    aggregateRating: { ratingValue: '4.6', reviewCount: 12 },
    offers: [
      {
        sku: 'HELL-050',
        price: '1.29',
        availability: 'https://schema.org/InStock',
        priceSpecification: { price: '2.58', referenceQuantity: { unitCode: 'LTR' } },
      },
      { sku: 'CRATE', availability: 'https://schema.org/OutOfStock' },
    ],
  })
})

test('a product without ratings claims none', () => {
  const product = aProduct({ rating: { average: null, count: 0 } })

  expect(productJsonLd(product, '', ADDRESS)).not.toHaveProperty('aggregateRating')
})
