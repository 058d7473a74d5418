import type { CartLine } from '@/api/cart.types'
import { RequestFailed } from '@/api/problem'
import { useCartStore } from '@/stores/cart'
import { useNoticesStore } from '@/stores/notices'

import { useFailureText } from './useFailureText'
import { useText } from './useText'

/** Changes to the cart from any page; what goes wrong is told beside the page, which stays as it is. */
export function useCartChanges() {
  const { t } = useText()
  const cart = useCartStore()
  const notices = useNoticesStore()
  const failureText = useFailureText()

  async function tell(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action()
      return true
    } catch (error) {
      notices.add(reason(error))
      return false
    }
  }

  function reason(error: unknown): string {
    if (error instanceof RequestFailed && error.kind === 'invalid') {
      if (error.code === 'not-sellable' || error.code === 'unknown-variant') return t.value.cart.notSellable
      if (error.code === 'cart-is-full' || error.code === 'too-many') return t.value.cart.full
    }
    return failureText(error)
  }

  return {
    add: (variantId: string, quantity: number) => tell(() => cart.add(variantId, quantity)),
    change: (line: CartLine, quantity: number) => tell(() => cart.setQuantity(line.variant_id, quantity)),
    remove: (line: CartLine) => tell(() => cart.remove(line)),
    undo: () => tell(cart.undo),
    accept: () => tell(cart.accept),
  }
}
