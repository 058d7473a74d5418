import { buyingTexts } from '@/locales/buying'

import { useText } from './useText'

/** The current language's texts of cart, checkout and orders. */
export function useBuyingText() {
  const { locale } = useText()
  return computed(() => buyingTexts[locale.value])
}
