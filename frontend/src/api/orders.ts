import { get, getFile, send, sendOnce } from './client'
import type { Access } from './http'
import type {
  NewOrder,
  NewPayment,
  Order,
  OrderList,
  Receipt,
  Quote,
  QuoteIn,
  ShippingMethod,
  ShippingMethods,
  Withdrawal,
} from './orders.types'

const BASE = '/api/orders'
/** An order waits for stock and the bank, within the service's own bounds. */
const ORDER_DEADLINE_MS = 30_000

/** Where an order is; a guest shows the key that came with it. */
export const orderPath = (id: string, key: string | null = null, part = '') =>
  `${BASE}/${encodeURIComponent(id)}${part}${key ? `?${new URLSearchParams({ key }).toString()}` : ''}`

export const fetchShippingMethods = async (): Promise<ShippingMethod[]> =>
  (await get<ShippingMethods>(`${BASE}/shipping-methods`)).items

/** What the cart would cost as an order. */
export const fetchQuote = (wish: QuoteIn, access: Access): Promise<Quote> =>
  send('POST', `${BASE}/quote`, wish, access)

/** Places an order: the same key never orders twice. */
export const placeOrder = (order: NewOrder, key: string, access: Access): Promise<Order> =>
  sendOnce(BASE, order, key, access, ORDER_DEADLINE_MS)

export const fetchOrder = (id: string, key: string | null, access: Access): Promise<Order> =>
  get(orderPath(id, key), undefined, access)

export function fetchOrders(customerId: string, pageToken: string | null): Promise<OrderList> {
  const query = new URLSearchParams({ page_size: '10', ...(pageToken && { page_token: pageToken }) })
  return get(`${BASE}/user/${encodeURIComponent(customerId)}?${query.toString()}`, undefined, 'account')
}

/** Tries another payment of an order: the same attempt never pays twice. */
export const payOrder = (
  id: string,
  key: string | null,
  payment: NewPayment,
  attempt: string,
  access: Access,
): Promise<Order> => sendOnce(orderPath(id, key, '/payment'), payment, attempt, access, ORDER_DEADLINE_MS)

export const cancelOrder = (id: string, key: string | null, access: Access): Promise<Order> =>
  send('POST', orderPath(id, key, '/cancel'), undefined, access)

/** Withdraws from the contract, for some of the goods, once by declaration; answers the receipt. */
export const withdrawOrder = (
  id: string,
  key: string | null,
  { declaration, lines, reason }: Withdrawal,
  access: Access,
): Promise<Receipt> =>
  sendOnce(
    orderPath(id, key, '/withdraw'),
    { lines, ...(reason && { reason }) },
    declaration,
    access,
    ORDER_DEADLINE_MS,
  )

export const fetchInvoice = (id: string, key: string | null, access: Access): Promise<Blob> =>
  getFile(orderPath(id, key, '/invoice'), access)
