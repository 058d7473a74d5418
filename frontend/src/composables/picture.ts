/** How wide a picture is shown, for `sizes`; the boot script preloads with the same values. */
import type { Image } from '../api/catalog.types'

export const imageSizes = {
  card: '(min-width: 80rem) 17rem, (min-width: 48rem) 30vw, 46vw',
  gallery: '(min-width: 64rem) 34rem, 94vw',
  tile: '(min-width: 80rem) 16rem, (min-width: 48rem) 18vw, 46vw',
  thumb: '5rem',
} as const

export type ImageSlot = keyof typeof imageSizes

/** The `srcset` of a picture's sources. */
export const sourceSet = (image: Image) =>
  image.sources.map(({ url, width }) => `${url} ${width}w`).join(', ')
