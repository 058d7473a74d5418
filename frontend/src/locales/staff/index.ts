import de from './de'
import en from './en'

/** The texts of the staff's pages. */
export type StaffTexts = typeof de

export const staffTexts = { de, en }
