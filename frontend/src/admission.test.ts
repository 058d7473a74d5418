import { expect, test } from 'vitest'

import type { Role } from '@/api/auth.types'
import type { AuthState } from '@/stores/auth'

import { admission, EVENT_STAFF, REVIEW_STAFF } from './admission'

const visitor = (state: AuthState, ...roles: Role[]) => ({
  state,
  may: (wanted: readonly Role[]) => wanted.some((role) => roles.includes(role)),
})

test('an account’s pages are for those who are signed in', () => {
  expect(admission('account', visitor('in'))).toBe('in')
  expect(admission('account', visitor('out'))).toBe('sign-in')
  expect(admission('account', visitor('lapsed'))).toBe('sign-in')
})

test('the staff’s pages are for those with the role, and refused to others who are signed in', () => {
  expect(admission(REVIEW_STAFF, visitor('in', 'catalog-manager'))).toBe('in')
  expect(admission(EVENT_STAFF, visitor('in', 'catalog-manager'))).toBe('forbidden')
  expect(admission(EVENT_STAFF, visitor('in'))).toBe('forbidden')
  expect(admission(EVENT_STAFF, visitor('out'))).toBe('sign-in')
})

test('nobody is turned away because the service cannot say who they are', () => {
  expect(admission('account', visitor('restoring'))).toBe('in')
  expect(admission(EVENT_STAFF, visitor('restoring'))).toBe('in')
})
