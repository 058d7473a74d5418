import { COUNTRIES } from './countries'

/** How a country writes its postal codes, and an example for those who got it wrong. */
const FORMS: Record<string, [RegExp, string]> = { DE: [/^\d{5}$/, '80331'] }

/** Whether a postal code may be one of a country that the shop delivers to. */
export const isPostalCode = (code: string, country: string): boolean =>
  COUNTRIES.includes(country) && (FORMS[country]?.[0].test(code.trim()) ?? code.trim() !== '')

export const postalCodeExample = (country: string): string => FORMS[country]?.[1] ?? ''
