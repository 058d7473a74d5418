import de from './de'
import en from './en'

/** The texts of cart, checkout and orders. */
export type BuyingTexts = typeof de

export const buyingTexts = { de, en }
