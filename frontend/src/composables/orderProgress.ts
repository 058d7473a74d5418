import type { Order, OrderState } from '@/api/orders.types'

const UNDECIDED: readonly OrderState[] = ['PLACED', 'RESERVED', 'AWAITING_PAYMENT', 'AUTHORIZED']
const GOOD: readonly OrderState[] = ['CONFIRMED', 'SHIPPED', 'DELIVERED']

/** Whether it is certain what becomes of an order. */
export const isDecided = (state: OrderState): boolean => !UNDECIDED.includes(state)

export const isGood = (state: OrderState): boolean => GOOD.includes(state)

/** How many of the four steps of an order are behind it: received, set aside, paid, confirmed. */
export function stepsDone({ state }: Pick<Order, 'state'>): number {
  if (isGood(state)) return 4
  if (state === 'AUTHORIZED') return 3
  return state === 'RESERVED' || state === 'AWAITING_PAYMENT' ? 2 : 1
}

/** What the page says of an order at its top. */
export type Mood =
  | 'working'
  | 'waiting'
  | 'unknown'
  | 'unpaid'
  | Exclude<OrderState, 'PLACED' | 'RESERVED' | 'AWAITING_PAYMENT' | 'AUTHORIZED'>

export function moodOf({ state, payment, can }: Pick<Order, 'state' | 'payment' | 'can'>): Mood {
  if (can.pay) return 'unpaid'
  if (state === 'PLACED' || state === 'RESERVED' || state === 'AUTHORIZED') return 'working'
  if (state !== 'AWAITING_PAYMENT') return state
  return payment.redirect_url ? 'waiting' : 'unknown'
}
