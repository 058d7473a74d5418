import de from './de'
import en from './en'

/** The texts of the account's pages. */
export type AccountTexts = typeof de

export const accountTexts = { de, en }
