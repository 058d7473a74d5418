import { useRegistrationStore } from '@/stores/registration'

import { useText } from './useText'

/** The buttons that lead to outside providers; there are none until the service has named them. */
export function useProviderLinks(to: () => string | null = () => null, fresh = false) {
  const registration = useRegistrationStore()
  const { locale } = useText()
  void registration.loadProviders()
  return computed(() =>
    registration.providers.map((provider) => ({
      ...provider,
      href: registration.providerPath(provider.provider, to() ?? `/${locale.value}/account`, fresh),
    })),
  )
}
