import type { SecurityEvent } from '@/api/auth.types'
import { fetchSecurityEvents } from '@/api/staff'

import { usePaged } from './paged'

/** The log of security events. */
export const useStaffEventsStore = defineStore('staff-events', () => {
  const accountId = ref<string | null>(null)
  const kind = ref<string | null>(null)
  const list = usePaged<SecurityEvent>((pageToken) =>
    fetchSecurityEvents({ accountId: accountId.value, kind: kind.value }, pageToken),
  )

  async function show(filter: { accountId: string | null; kind: string | null }): Promise<void> {
    accountId.value = filter.accountId
    kind.value = filter.kind
    await list.load()
  }

  return { ...list, show }
})
