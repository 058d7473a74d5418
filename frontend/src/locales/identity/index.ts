import de from './de'
import en from './en'

/** The texts of getting in and out; few enough that both languages come together, with the pages that need them. */
export type IdentityTexts = typeof de

export const identityTexts = { de, en }
