import { inject, provide, type InjectionKey } from 'vue'

/** What shelves and product pages know of the cart: they put things in and see what is in there. */
export type Basket = {
  /** Puts something in and says so; `open` shows the whole cart, too. */
  add: (variantId: string, quantity: number, name: string, open?: boolean) => Promise<void>
  quantityOf: (variantId: string) => number
  isAdding: (variantId: string) => boolean
}

const KEY: InjectionKey<Basket> = Symbol('basket')

export const provideBasket = (basket: Basket) => provide(KEY, basket)

/** The cart as the page around has it; null where nothing is sold. */
export const useBasket = (): Basket | null => inject(KEY, null)
