/** The orders' wire types by their short names, from their OpenAPI document. */
import type { Image, LocalizedText } from './catalog.types'
import type { components } from './orders.schema'

type Schemas = components['schemas']

export type OrderState = Schemas['OrderState']
export type ShippingAddress = Schemas['Address']
export type ShippingMethod = Schemas['ShippingMethodOut']
export type ShippingMethods = Schemas['ShippingMethods']
/** What a guest alone sends, and what nobody has to, may be left out. */
export type NewOrder = Omit<Schemas['NewOrder'], 'email' | 'voucher'> & { email?: string; voucher?: string }
export type NewPayment = Schemas['NewPayment']
export type QuoteIn = Partial<Schemas['QuoteIn']>
/** What of a quote the pages show. */
export type Quote = Pick<Schemas['QuoteOut'], keyof Totals | 'voucher'>
/** A name and a picture come as the catalogue has them. */
export type OrderLine = Omit<Schemas['LineOut'], 'image' | 'variant'> & {
  image: Image | null
  variant: LocalizedText
}
export type TimelineEntry = Schemas['EntryOut']
export type Order = Omit<Schemas['OrderOut'], 'lines' | 'guest_key'> & {
  lines: OrderLine[]
  guest_key?: string | null
}
export type Totals = Pick<
  Schemas['OrderOut'],
  'subtotal' | 'discount' | 'shipping' | 'deposit' | 'total' | 'vat'
>
export type OrderList = Omit<Schemas['OrdersPage'], 'items'> & { items: Order[] }
export type Receipt = Schemas['Receipt']
/** What a customer declares; sent again under the same name it is the same declaration. */
export type Withdrawal = {
  declaration: string
  lines: Schemas['ReturnLine'][]
  reason: string | null
}
