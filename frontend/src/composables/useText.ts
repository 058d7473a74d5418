import { loadMessages, type Locale, type Messages } from '@/locales'

const locale = ref<Locale>('de')
const messages = shallowRef<Messages | null>(null)

/** Makes a language current once its texts are there. */
export async function setLocale(next: Locale): Promise<void> {
  if (locale.value === next && messages.value) return
  messages.value = await loadMessages(next)
  locale.value = next
  document.documentElement.lang = next
}

/** The current language's texts, and the side of a bilingual text that belongs to it. */
export function useText() {
  const t = computed(() => {
    if (!messages.value) throw new Error('No language has been set yet.')
    return messages.value
  })
  return {
    t,
    locale,
    localized: (text: { de: string; en: string }) => text[locale.value] || text.de,
  }
}
