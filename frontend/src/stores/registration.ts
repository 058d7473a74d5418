import { askForReset, confirmEmail, fetchProviders, providerPath, resetPassword, signUp } from '@/api/account'
import type { Provider } from '@/api/auth.types'

import { useAuthStore } from './auth'

/** What leads to an account, and back to it when its password is lost. */
export const useRegistrationStore = defineStore('registration', () => {
  const auth = useAuthStore()
  const providers = shallowRef<Provider[]>([])

  /** Asks once for the providers with which one can sign in; without an answer there are none to offer. */
  async function loadProviders(): Promise<void> {
    if (providers.value.length > 0) return
    providers.value = await fetchProviders().catch(() => [])
  }

  /** Confirms an address by the token from its mail. */
  async function verify(token: string): Promise<void> {
    await confirmEmail(token)
    if (auth.state === 'in') await auth.reload()
  }

  return {
    providers,
    loadProviders,
    providerPath,
    signUp,
    verify,
    askForReset,
    resetPassword,
  }
})
