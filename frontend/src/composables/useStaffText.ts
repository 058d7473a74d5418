import { staffTexts } from '@/locales/staff'

import { useText } from './useText'

/** The current language's texts of the staff's pages. */
export function useStaffText() {
  const { locale } = useText()
  return computed(() => staffTexts[locale.value])
}
