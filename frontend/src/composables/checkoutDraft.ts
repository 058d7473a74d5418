import type { NewOrder, ShippingAddress } from '@/api/orders.types'

import { isPostalCode } from './postalCode'
import { CHECKOUT_STEPS, type CheckoutStep } from './useLinks'

/** An order whose answer is not there yet: sent again, it is the same one. */
export type Attempt = { key: string; order: NewOrder }

/** What has been entered at the checkout so far. */
export type Draft = {
  /** Whose it is; nobody else sees it. Null for a guest's. */
  owner: string | null
  address: ShippingAddress
  email: string
  shipping: string
  payment: string
  voucher: string
  ageConfirmed: boolean
  attempt: Attempt | null
}

export const emptyDraft = (owner: string | null): Draft => ({
  owner,
  address: { name: '', street: '', postal_code: '', city: '', country: 'DE' },
  email: '',
  shipping: 'standard',
  payment: '',
  voucher: '',
  ageConfirmed: false,
  attempt: null,
})

/** What is kept of an earlier visit to the page; null when it cannot be read, or is somebody else's. */
export function readDraft(text: string | null, owner: string | null): Draft | null {
  try {
    const kept = JSON.parse(text ?? 'null') as Partial<Draft> | null
    if (typeof kept !== 'object' || kept === null) return null
    // Whoever began as a guest and then signed in goes on with what they entered.
    if (kept.owner !== null && kept.owner !== owner) return null
    const empty = emptyDraft(owner)
    return { ...empty, ...kept, owner, address: { ...empty.address, ...kept.address } }
  } catch {
    return null
  }
}

const isComplete = (draft: Draft, isGuest: boolean): Record<Exclude<CheckoutStep, 'review'>, boolean> => ({
  address:
    Object.values(draft.address).every((value) => value.trim() !== '') &&
    isPostalCode(draft.address.postal_code, draft.address.country) &&
    (!isGuest || draft.email.includes('@')),
  shipping: draft.shipping !== '',
  payment: draft.payment !== '',
})

/** The furthest step that what has been entered leads to. */
export function furthestStep(draft: Draft, isGuest: boolean): CheckoutStep {
  const complete = isComplete(draft, isGuest)
  if (!complete.address) return 'address'
  if (!complete.shipping) return 'shipping'
  return complete.payment ? 'review' : 'payment'
}

/** The step to show for the one that the address names. */
export function allowedStep(wanted: CheckoutStep, draft: Draft, isGuest: boolean): CheckoutStep {
  const furthest = furthestStep(draft, isGuest)
  return CHECKOUT_STEPS.indexOf(wanted) <= CHECKOUT_STEPS.indexOf(furthest) ? wanted : furthest
}

/** The order that a draft stands for. */
export function orderOf(draft: Draft, isGuest: boolean): NewOrder {
  const { name, street, postal_code, city, country } = draft.address
  return {
    shipping_address: {
      name: name.trim(),
      street: street.trim(),
      postal_code: postal_code.trim(),
      city: city.trim(),
      country,
    },
    shipping_method: draft.shipping,
    payment_method: draft.payment,
    age_confirmed: draft.ageConfirmed,
    ...(isGuest && { email: draft.email.trim() }),
    ...(draft.voucher && { voucher: draft.voucher }),
  }
}
