import type { Role, SecurityEventList, StaffAccount, StaffAccountList } from './auth.types'
import type { ReviewState, StaffReview, StaffReviewList } from './catalog.types'
import { get, send } from './client'

const query = (values: Record<string, string | null | undefined>) => {
  const given = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return new URLSearchParams(given).toString()
}

export const fetchStaffReviews = (state: ReviewState, pageToken: string | null): Promise<StaffReviewList> =>
  get(`/api/catalog/staff/reviews?${query({ state, page_token: pageToken })}`, undefined, 'account')

export const moderateReview = (id: string, state: 'PUBLISHED' | 'REJECTED'): Promise<StaffReview> =>
  send('PUT', `/api/catalog/reviews/${id}/moderation`, { state })

export const fetchAccounts = (q: string, pageToken: string | null): Promise<StaffAccountList> =>
  get(`/api/auth/accounts?${query({ q, page_token: pageToken })}`, undefined, 'account')

export const fetchStaffAccount = (id: string): Promise<StaffAccount> =>
  get(`/api/auth/accounts/${encodeURIComponent(id)}`, undefined, 'account')

export const setRoles = (id: string, roles: Role[]): Promise<StaffAccount> =>
  send('PUT', `/api/auth/accounts/${encodeURIComponent(id)}/roles`, { roles })

export const setLocked = (id: string, locked: boolean, reason: string): Promise<StaffAccount> =>
  send('POST', `/api/auth/accounts/${encodeURIComponent(id)}/${locked ? 'lock' : 'unlock'}`, { reason })

export const resetSecondFactor = (id: string, reason: string): Promise<StaffAccount> =>
  send('POST', `/api/auth/accounts/${encodeURIComponent(id)}/second-factor/reset`, { reason })

export const fetchSecurityEvents = (
  filter: { accountId: string | null; kind: string | null },
  pageToken: string | null,
): Promise<SecurityEventList> =>
  get(
    `/api/auth/events?${query({ account_id: filter.accountId, kind: filter.kind, page_token: pageToken })}`,
    undefined,
    'account',
  )
