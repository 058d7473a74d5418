import type { Money } from '@/api/catalog.types'

export type ReceiptRow = {
  label: string
  amount?: Money | null
  /** What stands there instead of an amount. */
  text?: string | undefined
  note?: string | undefined
  good?: boolean
}

/** How much is missing until an amount is reached; null once it is. */
export function missingTo(goal: Money, amount: Money): Money | null {
  const cents = Math.round(Number(goal.amount) * 100) - Math.round(Number(amount.amount) * 100)
  return cents > 0 ? { amount: (cents / 100).toFixed(2), currency: goal.currency } : null
}

/** How far an amount is on the way to another one, from 0 to 1. */
export const shareOf = (goal: Money, amount: Money): number =>
  Number(goal.amount) > 0 ? Math.min(Number(amount.amount) / Number(goal.amount), 1) : 1

/** Whether nothing is to be paid. */
export const isFree = ({ amount }: Money): boolean => Number(amount) === 0
