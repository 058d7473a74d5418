/** How many of something there are, in a language's own digits. */
export const counted = (tag: string) => (count: number, singular: string, plural: string) =>
  `${count.toLocaleString(tag)} ${count === 1 ? singular : plural}`
