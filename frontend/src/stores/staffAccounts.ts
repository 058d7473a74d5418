import type { Role, StaffAccount } from '@/api/auth.types'
import { fetchAccounts, fetchStaffAccount, resetSecondFactor, setLocked, setRoles } from '@/api/staff'

import { usePaged } from './paged'

/** The shop's accounts as staff sees them. */
export const useStaffAccountsStore = defineStore('staff-accounts', () => {
  const q = ref('')
  const account = shallowRef<StaffAccount | null>(null)
  const accountFailure = shallowRef<unknown>(null)
  const list = usePaged<StaffAccount>((pageToken) => fetchAccounts(q.value, pageToken))

  async function search(text: string): Promise<void> {
    q.value = text
    await list.load()
  }

  async function open(id: string): Promise<void> {
    if (account.value?.id !== id) account.value = null
    accountFailure.value = null
    try {
      account.value = await fetchStaffAccount(id)
    } catch (error) {
      accountFailure.value = error
    }
  }

  async function saveRoles(id: string, roles: Role[]): Promise<void> {
    account.value = await setRoles(id, roles)
  }

  async function lock(id: string, locked: boolean, reason: string): Promise<void> {
    account.value = await setLocked(id, locked, reason)
  }

  async function takeSecondFactor(id: string, reason: string): Promise<void> {
    account.value = await resetSecondFactor(id, reason)
  }

  return { ...list, q, account, accountFailure, search, open, saveRoles, lock, takeSecondFactor }
})
