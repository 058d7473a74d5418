import type { Variant } from '@/api/catalog.types'

/** The cheapest variant that is there, else the cheapest one. */
export function cheapestVariant(variants: readonly Variant[]): Variant | undefined {
  const byPrice = [...variants].sort((a, b) => Number(a.price.amount) - Number(b.price.amount))
  return byPrice.find((variant) => variant.available) ?? byPrice[0]
}

/** The variant that the address names by its article number, else the first that is there. */
export const chosenVariant = (variants: readonly Variant[], sku: unknown): Variant | undefined =>
  variants.find((variant) => variant.sku === sku) ??
  variants.find((variant) => variant.available) ??
  variants[0]
