/** Where the shop delivers. */
export const COUNTRIES: readonly string[] = ['DE']
