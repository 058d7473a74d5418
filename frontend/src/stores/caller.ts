import type { Access } from '@/api/http'
import { mayHaveSession } from '@/api/session'

import { useAuthStore } from './auth'

/**
 * In whose name a request goes that guests may send, too: whoever is signed in, or was when the page was opened, never turns into
 * a guest on the way.
 */
export function useCaller() {
  const auth = useAuthStore()
  return async (): Promise<Access> => {
    await auth.ready()
    return auth.accountId !== null || mayHaveSession() ? 'customer' : 'optional'
  }
}

/** The same for what was begun by somebody: it goes on in their name, or not at all. */
export function useCallerOf() {
  const caller = useCaller()
  return async (owner: string | null): Promise<Access> => (owner === null ? caller() : 'customer')
}
