import { identityTexts } from '@/locales/identity'

import { useText } from './useText'

/** The current language's texts of getting in and out. */
export function useIdentityText() {
  const { locale } = useText()
  return computed(() => identityTexts[locale.value])
}
