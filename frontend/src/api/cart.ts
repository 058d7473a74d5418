import type { Cart } from './cart.types'
import { get, send } from './client'
import type { Access } from './http'

const BASE = '/api/cart'

export const fetchCart = (access: Access): Promise<Cart> => get(BASE, undefined, access)

export const addToCart = (variantId: string, quantity: number, access: Access): Promise<Cart> =>
  send('POST', `${BASE}/add`, { variant_id: variantId, quantity }, access)

export const changeQuantity = (variantId: string, quantity: number, access: Access): Promise<Cart> =>
  send('PATCH', `${BASE}/lines/${variantId}`, { quantity }, access)

export const removeFromCart = (variantId: string, access: Access): Promise<Cart> =>
  send('POST', `${BASE}/remove`, { variant_id: variantId }, access)

/** Puts what was collected before signing in to what the customer has. */
export const mergeCart = (): Promise<Cart> => send('POST', `${BASE}/merge`, undefined, 'customer')

/** Notes that the prices shown have been seen. */
export const acceptPrices = (access: Access): Promise<Cart> =>
  send('POST', `${BASE}/accept-prices`, undefined, access)
