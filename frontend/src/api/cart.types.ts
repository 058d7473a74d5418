/** The cart's wire types by their short names, from its OpenAPI document. */
import type { components } from './cart.schema'
import type { Image } from './catalog.types'

type Schemas = components['schemas']

/** A picture comes as the catalogue has it. */
export type CartLine = Omit<Schemas['CartLine'], 'image'> & { image: Image | null }
export type Cart = Omit<Schemas['Cart'], 'lines'> & { lines: CartLine[] }
export type VatLine = Schemas['Vat']
