import { expect, test, type Page } from '@playwright/test'

const grid = (page: Page) => page.getByRole('main').getByRole('article')
const results = (page: Page) => page.getByRole('main').getByRole('status').first()

async function openFilters(page: Page) {
  const button = page.getByRole('main').getByRole('button', { name: /^Filter( \d+)?$/ })
  if (await button.isVisible()) await button.click()
}

async function closeFilters(page: Page) {
  const close = page.getByRole('dialog').getByRole('button', { name: /Getränke? zeigen$/ })
  if (await close.isVisible()) await close.click()
}

test('a visitor browses, searches, filters, opens a product and comes back', async ({ page }) => {
  await page.goto('/')
  await expect(page).toHaveURL(/\/de$/)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Was darf')

  await page.getByRole('main').getByRole('link', { name: 'Zum Sortiment' }).click()
  await expect(page).toHaveURL(/\/de\/products$/)
  await expect(grid(page).first()).toBeVisible()

  const search = page.getByRole('combobox', { name: 'Getränke suchen' })
  await search.fill('weissbier')
  await search.press('Enter')
  await expect(page).toHaveURL(/q=weissbier/)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('weissbier')
  await expect(grid(page).first()).toBeVisible()

  await search.fill('')
  await search.press('Enter')
  await expect(page).toHaveURL(/\/de\/products$/)
  await expect(results(page)).toHaveText(/\d+ Getränke/)
  const everything = Number.parseInt((await results(page).textContent()) ?? '', 10)

  await openFilters(page)
  await page.getByRole('checkbox', { name: /^Ohne Alkohol/ }).check()
  await closeFilters(page)
  await expect(page).toHaveURL(/alcohol_free=true/)
  await expect
    .poll(async () => Number.parseInt((await results(page).textContent()) ?? '', 10))
    .toBeLessThan(everything)

  const card = grid(page).nth(1)
  const name = (await card.getByRole('heading').textContent())?.trim() ?? ''
  await card.getByRole('link').click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
  await expect(page.getByText(/€\/l/).first()).toBeVisible()
  await expect(page.getByText('Allergene')).toBeVisible()

  await page.goBack()
  await expect(page).toHaveURL(/alcohol_free=true/)
  await expect(grid(page).nth(1).getByRole('heading')).toHaveText(name)
})

test('suggestions can be taken with the keyboard alone', async ({ page }) => {
  await page.goto('/de')
  const search = page.getByRole('combobox')

  await search.pressSequentially('bie')
  const first = page.getByRole('option').first()
  await expect(first).toBeVisible()
  await search.press('ArrowDown')
  await expect(first).toHaveAttribute('aria-selected', 'true')
  await search.press('Enter')

  await expect(page).toHaveURL(/\/de\/products[/?].+/)
  await expect(page.getByRole('listbox')).toBeHidden()
})

test('the chosen size stays in the address', async ({ page }) => {
  await page.goto('/de/products?category=bier&sort=name')
  await grid(page).first().getByRole('link').click()
  const sizes = page.getByRole('radio')
  await expect(sizes.first()).toBeVisible()

  await sizes.last().check()
  await expect(page).toHaveURL(/variant=/)
  await page.reload()

  await expect(sizes.last()).toBeChecked()
})

test('pages can be turned there and back', async ({ page }) => {
  await page.goto('/de/products?sort=name')
  const first = (await grid(page).first().getByRole('heading').textContent()) ?? ''

  await page.getByRole('link', { name: 'Weiter' }).click()
  await expect(page).toHaveURL(/page_token=/)
  await expect(grid(page).first().getByRole('heading')).not.toHaveText(first)
  await page.getByRole('link', { name: 'Zurück' }).click()

  await expect(grid(page).first().getByRole('heading')).toHaveText(first)
})

test('the language and the appearance are kept', async ({ page }) => {
  await page.goto('/de/products')
  await page.getByRole('button', { name: 'Dunkle Ansicht einschalten' }).click()
  const menu = page.getByRole('button', { name: 'Menü' })
  if (await menu.isVisible()) await menu.click()

  await page.getByRole('link', { name: 'English' }).first().click()
  await expect(page).toHaveURL(/\/en\/products$/)
  await page.goto('/')

  await expect(page).toHaveURL(/\/en$/)
  await expect(page.locator('html')).toHaveAttribute('lang', 'en')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
})

test('a failing catalogue is said, and can be tried again', async ({ page }) => {
  await page.route('**/api/catalog/products?*', (route) => route.fulfill({ status: 503 }))
  await page.goto('/de/products')
  await expect(page.getByRole('alert')).toContainText('nicht erreichbar')

  await page.unroute('**/api/catalog/products?*')
  await page.getByRole('button', { name: 'Noch einmal versuchen' }).click()

  await expect(grid(page).first()).toBeVisible()
})

test('nothing found shows a way out', async ({ page }) => {
  await page.goto('/de/products?q=xyzzyqwv&alcohol_free=true')
  await expect(page.getByRole('heading', { name: 'Dieses Regal ist leer.' })).toBeVisible()

  await page.getByRole('link', { name: 'Ganzes Sortiment zeigen' }).click()

  await expect(grid(page).first()).toBeVisible()
})

test('the keyboard reaches the content by the skip link', async ({ page }) => {
  await page.goto('/de/products')
  await expect(grid(page).first()).toBeVisible()

  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Zum Inhalt springen' })).toBeFocused()
  await page.keyboard.press('Enter')

  await expect(page.getByRole('main')).toBeFocused()
})
