import type { Cart, CartLine } from '@/api/cart.types'
import type { Order, Quote } from '@/api/orders.types'
import { emptyDraft, type Draft } from '@/composables/checkoutDraft'

const money = (amount: string) => ({ amount, currency: 'EUR' })

/** A line of a cart with the given differences. */
export const aCartLine = (change: Partial<CartLine> = {}): CartLine => ({
  variant_id: 'hell',
  product_id: 'kellerkind',
  sku: 'HELL-050',
  slug: 'kellerkind-hell',
  name: 'Kellerkind Hell',
  variant: { de: '0,5 l Flasche', en: '0.5 l bottle' },
  image: null,
  quantity: 1,
  unit_price: money('1.29'),
  previous_price: null,
  line_total: money('1.29'),
  deposit: money('0.08'),
  deposit_kind: 'reusable',
  line_deposit: money('0.08'),
  price_per_litre: money('2.58'),
  vat_rate: '19.00',
  minimum_age: 16,
  stock: { state: 'in_stock', quantity: 20 },
  sellable: true,
  ...change,
})

/** A cart with the given lines. */
export const aCart = (lines: CartLine[] = [aCartLine()], change: Partial<Cart> = {}): Cart => ({
  lines,
  count: lines.reduce((sum, line) => sum + line.quantity, 0),
  totals: { goods: money('1.29'), deposit: money('0.08'), total: money('1.37'), vat: [] },
  minimum_age: 16,
  prices_changed: false,
  expires_at: null,
  ...change,
})

/** What has been entered at the checkout, complete but for the given differences. */
export const aDraft = (change: Partial<Draft> = {}): Draft => ({
  ...emptyDraft(null),
  address: {
    name: 'Gustav Gast',
    street: 'Hopfenweg 1',
    postal_code: '80331',
    city: 'München',
    country: 'DE',
  },
  email: 'gast@prost.test',
  payment: 'pm_card_visa',
  ageConfirmed: true,
  ...change,
})

export const aQuote = (change: Partial<Quote> = {}): Quote => ({
  subtotal: money('1.29'),
  discount: money('0.00'),
  shipping: money('4.90'),
  deposit: money('0.08'),
  total: money('6.27'),
  vat: [],
  voucher: null,
  ...change,
})

/** An order whose payment has failed, and that can be paid again. */
export const anUnpaidOrder = (change: Partial<Order> = {}): Order =>
  anOrder({
    state: 'PAYMENT_FAILED',
    payment: {
      state: 'FAILED',
      method: 'pm_card_chargeDeclined',
      redirect_url: null,
      expires_at: '2026-11-01T12:15:00.000Z',
    },
    confirmed_at: null,
    can: { pay: true, cancel: true, withdraw: false },
    ...change,
  })

/** An order with the given differences. */
export const anOrder = (change: Partial<Order> = {}): Order => ({
  ...aQuote(),
  id: 'order',
  number: 'P-1',
  state: 'CONFIRMED',
  payment: { state: 'CAPTURED', method: 'pm_card_visa', redirect_url: null, expires_at: null },
  lines: [],
  shipping_address: null,
  shipping_method: 'standard',
  email: 'gast@prost.test',
  placed_at: '2026-11-01T12:00:00.000Z',
  confirmed_at: '2026-11-01T12:00:01.000Z',
  timeline: [],
  shortages: null,
  returns: [],
  can: { pay: false, cancel: true, withdraw: false },
  ...change,
})
