import type { ProductCard } from '@/api/catalog.types'
import { useFormat } from '@/composables/useFormat'
import { useText } from '@/composables/useText'

/** How strong a drink is, in words that its style has not said yet: "5,2 % vol", "Alkoholfrei" or nothing. */
export function useStrength() {
  const { t, localized } = useText()
  const format = useFormat()

  return ({ style, alcohol_free, alcohol_by_volume }: ProductCard): string | null => {
    if (!alcohol_free) return alcohol_by_volume && t.value.product.abvValue(format.decimal(alcohol_by_volume))
    const label = t.value.product.alcoholFree
    const said = style && localized(style.name).toLowerCase().includes(label.toLowerCase())
    return said ? null : label
  }
}
