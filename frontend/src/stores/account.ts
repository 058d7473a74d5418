import * as api from '@/api/account'
import type { Account, Address, AddressIn, ProfileChange } from '@/api/auth.types'
import { fetchCart } from '@/api/cart'
import { fetchOrders } from '@/api/orders'
import type { Order } from '@/api/orders.types'

import { useAuthStore } from './auth'

/** What customers change about their own account. */
export const useAccountStore = defineStore('account', () => {
  const auth = useAuthStore()

  function patch(change: (account: Account) => Partial<Account>) {
    if (auth.account) auth.account = { ...auth.account, ...change(auth.account) }
  }

  async function saveProfile(change: ProfileChange): Promise<void> {
    auth.account = await api.changeAccount(change)
  }

  /** Adds an address, or changes the one with the given id. */
  async function saveAddress(id: string | null, address: AddressIn): Promise<void> {
    const saved = await (id ? api.changeAddress(id, address) : api.addAddress(address))
    patch(({ addresses }) => ({ addresses: withAddress(addresses, saved) }))
  }

  async function makeDefault(id: string): Promise<void> {
    const saved = await api.changeAddress(id, { is_default: true })
    patch(({ addresses }) => ({ addresses: withAddress(addresses, saved) }))
  }

  async function removeAddress(id: string): Promise<void> {
    await api.removeAddress(id)
    patch(({ addresses }) => ({ addresses: addresses.filter((address) => address.id !== id) }))
    // The service may have made another one the default.
    void auth.reload()
  }

  /** Turns the second factor on by its first code; returns the recovery codes, which are shown this once. */
  async function confirmSecondFactor(code: string): Promise<string[]> {
    const codes = await api.confirmSecondFactor(code)
    patch(({ second_factor }) => ({ second_factor: { ...second_factor, enrolled: true } }))
    // Staff's roles come with the next token.
    void auth.renew()
    return codes
  }

  async function removeSecondFactor(password: string, code: string): Promise<void> {
    await api.removeSecondFactor(password, code)
    patch(({ second_factor }) => ({ second_factor: { ...second_factor, enrolled: false } }))
  }

  async function unlinkProvider(provider: string): Promise<void> {
    await api.unlinkProvider(provider)
    patch(({ external }) => ({ external: external.filter((identity) => identity.provider !== provider) }))
  }

  /** What the services keep for the account, in one JSON document. */
  async function fetchExport(): Promise<Blob> {
    const [account, orders, cart] = await Promise.all([api.fetchExport(), allOrders(), fetchCart('account')])
    const document = { ...(JSON.parse(await account.text()) as object), orders, cart }
    return new Blob([JSON.stringify(document, null, 2)], { type: 'application/json' })
  }

  async function allOrders(): Promise<Order[]> {
    const orders: Order[] = []
    let pageToken: string | null = null
    do {
      const page = await fetchOrders(auth.accountId ?? '', pageToken)
      orders.push(...page.items)
      pageToken = page.next_page_token
    } while (pageToken !== null)
    return orders
  }

  /** Deletes the account for good and signs out. */
  async function remove(password: string | null): Promise<void> {
    await api.deleteAccount(password)
    await auth.signOut()
  }

  return {
    saveProfile,
    saveAddress,
    makeDefault,
    removeAddress,
    changeEmail: api.changeEmail,
    changePassword: api.changePassword,
    beginSecondFactor: api.beginSecondFactor,
    confirmSecondFactor,
    removeSecondFactor,
    unlinkProvider,
    fetchExport,
    remove,
  }
})

function withAddress(addresses: Address[], saved: Address): Address[] {
  const others = addresses.map((address) =>
    saved.is_default && address.id !== saved.id ? { ...address, is_default: false } : address,
  )
  const known = others.some((address) => address.id === saved.id)
  return known ? others.map((address) => (address.id === saved.id ? saved : address)) : [...others, saved]
}
