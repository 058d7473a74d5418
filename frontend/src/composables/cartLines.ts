import type { Cart, CartLine } from '@/api/cart.types'

import { MOST_OF_ONE } from './quantity'

/** From here on the shop does not tell how many there are. */
const MOST_TOLD = 20

/** How many of a line's goods there are for certain; null where there are enough, or nobody knows. */
export function leftOf({ stock }: CartLine): number | null {
  if (!stock) return null
  if (stock.state === 'out') return 0
  return stock.quantity < MOST_TOLD ? stock.quantity : null
}

/** How many of it can be asked for. */
export const mostOf = (line: CartLine): number => Math.min(leftOf(line) ?? MOST_OF_ONE, MOST_OF_ONE)

/** Whether something cannot be had in the quantity that is wanted. */
export const isShort = (line: CartLine, quantity: number): boolean =>
  !line.sellable || quantity > mostOf(line)

/** Whether something in the cart keeps it from the checkout. */
export const isBlocked = (cart: Cart): boolean => cart.lines.some((line) => isShort(line, line.quantity))
