import type { Role } from '@/api/auth.types'
import type { AuthState } from '@/stores/auth'

/** Whom a route is for: everybody, whoever has an account, or staff with one of the roles. */
export type Requires = 'account' | readonly Role[]

export const REVIEW_STAFF: readonly Role[] = ['catalog-manager', 'admin']
export const ACCOUNT_STAFF: readonly Role[] = ['support', 'catalog-manager', 'admin']
export const EVENT_STAFF: readonly Role[] = ['admin']

type Visitor = { state: AuthState; may: (roles: readonly Role[]) => boolean }

/** Whether a visitor gets in. It only spares them a page without content: each service decides for itself. */
export function admission(requires: Requires, { state, may }: Visitor): 'in' | 'sign-in' | 'forbidden' {
  if (state === 'out' || state === 'lapsed') return 'sign-in'
  // Who they are cannot be told while the service is away; the page will say so.
  if (state === 'restoring' || requires === 'account') return 'in'
  return may(requires) ? 'in' : 'forbidden'
}
