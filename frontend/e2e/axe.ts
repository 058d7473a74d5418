import AxeBuilder from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Each theme at each width; every text is in both languages, so each theme takes one of them. */
export const APPEARANCES = [
  { locale: 'de', colorScheme: 'light' },
  { locale: 'en', colorScheme: 'dark' },
] as const

/** Holds a page, or the part of it that a selector finds, to WCAG 2.2 AA as far as axe can tell. */
export async function expectNoViolations(page: Page, part?: string) {
  // Colours are judged when nothing moves any more.
  await page.waitForFunction(() => document.getAnimations().every((it) => it.playState !== 'running'))
  const axe = new AxeBuilder({ page }).withTags(RULES)
  const { violations } = await (part ? axe.include(part) : axe).analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('\n  ')}`)
  expect(found).toEqual([])
}
