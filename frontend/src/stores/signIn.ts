import { onSignInNeeded } from '@/api/http'

import { useAuthStore } from './auth'

/** The sign-in that is asked for over a page, so that what was begun there can go on. */
export const useSignInStore = defineStore('sign-in', () => {
  const auth = useAuthStore()
  const wanted = ref(false)
  let waiting: ((signedIn: boolean) => void)[] = []
  let owner: string | null = null

  // Wherever they signed in, here or in another tab: what waits may go on, but never in another person's name.
  watch(
    () => auth.state === 'in' && auth.accountId,
    (id) => {
      if (wanted.value && id) settle(owner === null || id === owner)
    },
    { flush: 'sync' },
  )

  /** Lets requests wait for the visitor; call once. */
  const start = () => onSignInNeeded(ask)

  function ask(): Promise<boolean> {
    owner = auth.accountId
    wanted.value = true
    return new Promise((resolve) => waiting.push(resolve))
  }

  function settle(signedIn: boolean) {
    const settled = waiting
    waiting = []
    wanted.value = false
    settled.forEach((resolve) => resolve(signedIn))
  }

  return { wanted, start, dismiss: () => settle(false) }
})
