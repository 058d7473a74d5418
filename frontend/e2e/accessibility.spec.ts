import { expect, test } from '@playwright/test'

import { APPEARANCES, expectNoViolations } from './axe'

for (const { locale, colorScheme } of APPEARANCES) {
  test.describe(`${locale}, ${colorScheme}`, () => {
    test.use({ colorScheme, locale, contextOptions: { reducedMotion: 'reduce' } })

    test('the front page', async ({ page }) => {
      await page.goto(`/${locale}`)
      await expect(page.getByRole('main').getByRole('article').first()).toBeVisible()
      await expectNoViolations(page)
    })

    test('the list, filtered, and its drawer', async ({ page }) => {
      await page.goto(`/${locale}/products?alcohol_free=true`)
      await expect(page.getByRole('main').getByRole('article').first()).toBeVisible()
      await expectNoViolations(page)

      const filters = page.getByRole('main').getByRole('button', { name: /^Filters?( \d+)?$/ })
      if (await filters.isVisible()) {
        await filters.click()
        await expect(page.getByRole('dialog').getByRole('slider').first()).toBeVisible()
        await expectNoViolations(page, '[role=dialog]')
      }
    })

    test('the empty list', async ({ page }) => {
      await page.goto(`/${locale}/products?q=xyzzyqwv`)
      await expect(page.getByRole('main').getByRole('heading', { level: 2 })).toBeVisible()
      await expectNoViolations(page)
    })

    test('the list that cannot be loaded', async ({ page }) => {
      await page.route('**/api/catalog/products?*', (route) => route.fulfill({ status: 503 }))
      await page.goto(`/${locale}/products`)
      await expect(page.getByRole('main').getByRole('alert')).toBeVisible()
      await expectNoViolations(page)
    })

    test('the product page', async ({ page }) => {
      await page.goto(`/${locale}/products?category=bier`)
      await page.getByRole('main').getByRole('article').first().getByRole('link').click()
      await expect(page.getByRole('main').getByRole('article').nth(1)).toBeVisible()
      await expectNoViolations(page)
    })

    test('a legal page', async ({ page }) => {
      await page.goto(`/${locale}/privacy`)
      await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible()
      await expectNoViolations(page)
    })

    test('the page that does not exist', async ({ page }) => {
      await page.goto(`/${locale}/nowhere`)
      await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible()
      await expectNoViolations(page)
    })

    test('the open suggestions and the open menu', async ({ page }) => {
      await page.goto(`/${locale}/privacy`)
      await page.getByRole('combobox').pressSequentially('bie')
      await expect(page.getByRole('option').first()).toBeVisible()
      await expectNoViolations(page, '[role=search]')

      const menu = page.getByRole('button', { name: /^Men/ })
      if (await menu.isVisible()) {
        await menu.click()
        await expect(page.getByRole('dialog')).toBeVisible()
        await expectNoViolations(page, '[role=dialog]')
      }
    })
  })
}
