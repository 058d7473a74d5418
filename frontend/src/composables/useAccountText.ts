import { accountTexts } from '@/locales/account'

import { useText } from './useText'

/** The current language's texts of the account's pages. */
export function useAccountText() {
  const { locale } = useText()
  return computed(() => accountTexts[locale.value])
}
