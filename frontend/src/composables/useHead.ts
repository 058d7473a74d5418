import { toValue, watchEffect, type MaybeRefOrGetter } from 'vue'

import { LOCALES } from '@/locales'

import { useText } from './useText'

export type PageHead = {
  /** Without the shop's name, which is added; null for the front page's own title. */
  title: string | null
  description?: string | undefined
  image?: string | undefined
  /** Path and query of the preferred address. */
  canonical: string
  /** Kept out of search engines. */
  hidden?: boolean
  jsonLd?: object | undefined
}

/** Keeps title, description, canonical and alternate addresses, Open Graph and JSON-LD in step with the page. */
export function useHead(head: MaybeRefOrGetter<PageHead>) {
  const { t, locale } = useText()

  watchEffect(() => {
    const { title, description, image, canonical, hidden, jsonLd } = toValue(head)
    const fullTitle = title ? `${title} – ${t.value.meta.suffix}` : t.value.meta.title
    const summary = description ?? t.value.meta.description
    const address = absolute(canonical)

    document.title = fullTitle
    meta('name', 'description', summary)
    meta('name', 'robots', hidden ? 'noindex' : null)
    meta('property', 'og:type', jsonLd ? 'product' : 'website')
    meta('property', 'og:site_name', t.value.meta.suffix)
    meta('property', 'og:title', fullTitle)
    meta('property', 'og:description', summary)
    meta('property', 'og:url', address)
    meta('property', 'og:locale', locale.value === 'de' ? 'de_DE' : 'en_GB')
    meta('property', 'og:image', absolute(image ?? '/og.png'))
    link('canonical', '', hidden ? null : address)
    for (const other of LOCALES) {
      const path = canonical.replace(/^\/(de|en)(?=\/|\?|$)/, `/${other}`)
      link('alternate', other, hidden ? null : absolute(path))
    }
    link('alternate', 'x-default', hidden ? null : absolute(canonical.replace(/^\/(de|en)/, '/de')))
    dataBlock(jsonLd)
  })
}

const absolute = (path: string) => new URL(path, location.origin).href

function meta(key: 'name' | 'property', name: string, content: string | null) {
  const element = upsert(`meta[${key}="${name}"]`, 'meta', content !== null)
  element?.setAttribute(key, name)
  if (content !== null) element?.setAttribute('content', content)
}

function link(rel: string, hreflang: string, href: string | null) {
  const selector = `link[rel="${rel}"]${hreflang && `[hreflang="${hreflang}"]`}`
  const element = upsert(selector, 'link', href !== null)
  element?.setAttribute('rel', rel)
  if (hreflang) element?.setAttribute('hreflang', hreflang)
  if (href !== null) element?.setAttribute('href', href)
}

function dataBlock(content: object | undefined) {
  const element = upsert('script[type="application/ld+json"]', 'script', content !== undefined)
  element?.setAttribute('type', 'application/ld+json')
  if (element && content) element.textContent = JSON.stringify(content)
}

function upsert(selector: string, tag: string, wanted: boolean): Element | null {
  const found = document.head.querySelector(selector)
  if (!wanted) {
    found?.remove()
    return null
  }
  return found ?? document.head.appendChild(document.createElement(tag))
}
