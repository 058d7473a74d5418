import { RequestFailed } from '@/api/problem'
import { useCartStore } from '@/stores/cart'
import { useCheckoutStore } from '@/stores/checkout'

import { leaveFor } from './leaveFor'
import { useLinks, type CheckoutStep } from './useLinks'

/** Why there is no order yet, as far as the visitor can do something about it. */
export type Obstacle =
  { kind: 'unanswered' | 'prices' | 'short' | 'age' | 'goods' } | { kind: 'failure'; error: unknown }

/** Which step a field belongs to. */
const STEPS: Record<string, CheckoutStep> = {
  name: 'address',
  street: 'address',
  postal_code: 'address',
  city: 'address',
  country: 'address',
  email: 'address',
  shipping_method: 'shipping',
  payment_method: 'payment',
}

/** Placing the order, and what comes after each answer. */
export function useOrdering() {
  const store = useCheckoutStore()
  const cart = useCartStore()
  const links = useLinks()
  const router = useRouter()
  const obstacle = shallowRef<Obstacle | null>(store.refused?.state === 'REJECTED' ? { kind: 'short' } : null)

  async function order(): Promise<void> {
    if (store.ordering) return
    obstacle.value = null
    try {
      const { kind, order: placed } = await store.order()
      if (kind === 'placed') {
        if (placed.payment.redirect_url && placed.state === 'AWAITING_PAYMENT') {
          leaveFor(placed.payment.redirect_url)
        } else {
          await router.push(links.order(placed.id))
        }
      } else {
        obstacle.value = { kind: 'short' }
        void cart.load()
      }
    } catch (error) {
      obstacle.value = await obstacleOf(error)
    }
  }

  async function obstacleOf(error: unknown): Promise<Obstacle | null> {
    if (!(error instanceof RequestFailed)) return { kind: 'failure', error }
    if (store.draft.attempt) return { kind: 'unanswered' }
    if (error.code === 'price-changed') {
      await Promise.all([cart.load(), store.askPrice()])
      return { kind: 'prices' }
    }
    if (error.code === 'age-not-confirmed') return { kind: 'age' }
    if (error.code === 'not-sellable' || error.code === 'cart-empty') {
      void cart.load()
      return { kind: 'goods' }
    }
    const step = [...store.faults.keys()].map((field) => STEPS[field]).find(Boolean)
    if (!step) return { kind: 'failure', error }
    await router.push(links.checkout(step))
    return null
  }

  /** Takes of what is short as many as there are. */
  async function takeWhatIsThere(): Promise<void> {
    for (const { sku, available } of store.refused?.shortages ?? []) {
      const line = cart.cart?.lines.find((it) => it.sku === sku)
      if (line && available > 0) await cart.setQuantity(line.variant_id, available)
      else if (line) await cart.remove(line)
    }
    store.refused = null
    obstacle.value = null
  }

  return { obstacle, order, takeWhatIsThere }
}
