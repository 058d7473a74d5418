import { cancelOrder, fetchInvoice, fetchOrder, orderPath, payOrder, withdrawOrder } from '@/api/orders'
import type { Order, Receipt, Withdrawal } from '@/api/orders.types'
import { RequestFailed } from '@/api/problem'
import { follow } from '@/api/stream'
import { storedForTab, storeForTab } from '@/api/storage'
import { isDecided } from '@/composables/orderProgress'

import { useCaller } from './caller'
import { useCartStore } from './cart'

const POLL_MS = 2_000
const NEW_MS = 120_000
/** How often the cart is read until what was ordered is out of it. */
const CART_ASKED = 5
const keyName = (id: string) => `prost.order.${id}`

/** One order, and how it goes on. */
export const useOrderStore = defineStore('order', () => {
  const caller = useCaller()
  const cart = useCartStore()
  const order = shallowRef<Order | null>(null)
  const failure = shallowRef<unknown>(null)
  let current: AbortController | null = null
  /** The payment that was asked for, until there is an answer: asked again, it is the same one. */
  let paying: { id: string; method: string; attempt: string } | null = null

  /** Takes over an order that was placed just now; a guest's key is kept as long as the tab. */
  function take(placed: Order) {
    if (placed.guest_key) storeForTab(keyName(placed.id), placed.guest_key)
    order.value = placed
    if (isNew(placed)) void emptyCart(placed)
  }

  /** The key that opens a guest's order, from the address or from when it was placed. */
  function keyOf(id: string, given: unknown = null): string | null {
    if (typeof given === 'string' && given) storeForTab(keyName(id), given)
    return storedForTab(keyName(id))
  }

  /** Shows an order, and follows it until it is decided. */
  async function show(id: string, key: unknown = null): Promise<void> {
    leave()
    const mine = (current = new AbortController())
    keyOf(id, key)
    failure.value = null
    if (order.value?.id !== id) order.value = null
    try {
      await read(id, mine.signal)
    } catch (error) {
      if (!mine.signal.aborted) failure.value = error
      return
    }
    void watchOver(id, mine.signal)
  }

  /** Stops following. */
  function leave() {
    current?.abort()
    current = null
  }

  async function read(id: string, signal?: AbortSignal): Promise<void> {
    const answer = await fetchOrder(id, keyOf(id), await caller())
    if (signal?.aborted) return
    const wasDecided = order.value?.id === id && isDecided(order.value.state)
    order.value = answer
    if (!wasDecided && isNew(answer)) void emptyCart(answer)
  }

  /** What was ordered is taken out of the cart soon after: the cart is read until it says so. */
  async function emptyCart({ lines }: Order): Promise<void> {
    for (let asked = 0; asked < CART_ASKED && cart.count > 0; asked += 1) {
      if (asked > 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      await cart.load()
      if (!lines.some(({ variant_id }) => cart.quantities.has(variant_id))) return
    }
  }

  /** Listens to the order's events; where they cannot be had, asks from time to time. */
  async function watchOver(id: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && order.value?.id === id && !isDecided(order.value.state)) {
      try {
        await follow(
          orderPath(id, keyOf(id), '/events'),
          () => void read(id, signal).catch(() => undefined),
          signal,
        )
      } catch {
        // The question below is asked instead.
      }
      await pause(POLL_MS, signal)
      await read(id, signal).catch(() => undefined)
    }
  }

  /**
   * Tries another payment, and follows what becomes of it.
   *
   * @throws {RequestFailed} when it is not known or not to be had; the same one can be asked for again.
   */
  async function pay(method: string): Promise<void> {
    if (!order.value) return
    const { id } = order.value
    leave()
    const mine = (current = new AbortController())
    if (paying?.id !== id || paying.method !== method) paying = { id, method, attempt: crypto.randomUUID() }
    try {
      const answer = await payOrder(id, keyOf(id), { payment_method: method }, paying.attempt, await caller())
      if (mine.signal.aborted) return
      order.value = answer
      if (isNew(answer)) void emptyCart(answer)
    } catch (error) {
      if (!(error instanceof RequestFailed) || error.kind !== 'conflict') throw error
      // It went on without this attempt, which the order itself tells best.
      await read(id, mine.signal)
    }
    paying = null
    void watchOver(id, mine.signal)
  }

  async function cancel(): Promise<void> {
    if (!order.value) return
    const { id } = order.value
    order.value = await cancelOrder(id, keyOf(id), await caller())
  }

  /** Withdraws from the contract for some of the goods; returns the receipt. */
  async function withdraw(withdrawal: Withdrawal): Promise<Receipt> {
    if (!order.value) throw new Error('There is no order.')
    const { id } = order.value
    const receipt = await withdrawOrder(id, keyOf(id), withdrawal, await caller())
    await read(id).catch(() => undefined)
    return receipt
  }

  const invoice = async (id: string): Promise<Blob> => fetchInvoice(id, keyOf(id), await caller())

  return { order, failure, take, show, leave, pay, cancel, withdraw, invoice }
})

/** Whether an order was confirmed just now. */
const isNew = ({ state, confirmed_at }: Order): boolean =>
  state === 'CONFIRMED' && confirmed_at !== null && Date.now() - Date.parse(confirmed_at) < NEW_MS

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
