/**
 * Runs inline in the document's head, before any module: sets the theme so that nothing flashes, and asks for the data
 * (and the first pictures) that the address will need while the application is still on its way.
 */
import type { Image } from './api/catalog.types'
import { openEarlyRequests } from './api/early'
import { categoriesPath, productPath, productsPath } from './api/paths'
import { imageSizes, sourceSet, type ImageSlot } from './composables/picture'
import { parseProductQuery } from './composables/productQuery'

const EAGER_CARDS = 2
const DEADLINE_MS = 10_000

document.documentElement.dataset.theme =
  storedTheme() ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')

const early = openEarlyRequests()
const [, , section, slug] = location.pathname.split('/')

ask(categoriesPath())
if (!section) {
  ask(productsPath(parseProductQuery({})))
} else if (section === 'products' && slug) {
  ask(productPath(slug), ({ images }: { images?: Image[] }) => preload(images?.[0], 'gallery'))
} else if (section === 'products') {
  const params = new URLSearchParams(location.search)
  const query = Object.fromEntries([...params.keys()].map((key) => [key, params.getAll(key)]))
  ask(productsPath(parseProductQuery(query)), ({ items }: { items?: { image: Image | null }[] }) =>
    items?.slice(0, EAGER_CARDS).forEach(({ image }) => preload(image, 'card')),
  )
}

function storedTheme(): string | null {
  try {
    return localStorage.getItem('prost.theme')
  } catch {
    return null
  }
}

function ask(path: string, use?: (body: never) => void) {
  const answer = fetch(path, {
    headers: { Accept: 'application/json' },
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).then((response) => {
    if (!response.ok) throw new Error(String(response.status))
    return response.json() as Promise<never>
  })
  early.set(path, answer)
  // The application asks again, and shows the error, when an early request fails.
  answer.then(use).catch(() => undefined)
}

function preload(image: Image | null | undefined, slot: ImageSlot) {
  if (!image) return
  const link = document.createElement('link')
  link.rel = 'preload'
  link.as = 'image'
  link.type = 'image/avif'
  link.imageSrcset = sourceSet(image)
  link.imageSizes = imageSizes[slot]
  link.fetchPriority = 'high'
  document.head.append(link)
}
