import { expect, test, type Page } from '@playwright/test'

import { seeded, signIn } from './accounts.mjs'
import { APPEARANCES, expectNoViolations } from './axe'
import { aCustomer, anApplication } from './identity'

test.use({ contextOptions: { reducedMotion: 'reduce' } })

const main = (page: Page) => page.getByRole('main')

/** Opens a page and waits for what it shows. */
async function open(page: Page, path: string) {
  await page.goto(path)
  await expect(main(page).getByRole('heading', { level: 1 })).toBeVisible()
  await expect(main(page).locator('.skeleton')).toHaveCount(0)
  // WCAG 1.4.10, of which axe says nothing: no page is wider than the window.
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
}

/** Does the same in each appearance, signed in but once: the service counts who signs in how often. */
async function inEachAppearance(page: Page, look: (locale: 'de' | 'en') => Promise<void>) {
  for (const { locale, colorScheme } of APPEARANCES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await look(locale)
  }
}

test('the ways in, with and without a fault', async ({ page }) => {
  await inEachAppearance(page, async (locale) => {
    for (const path of ['login', 'signup', 'forgot-password', 'reset-password?token=x', 'logout']) {
      await open(page, `/${locale}/${path}`)
      await expectNoViolations(page)
    }
    for (const path of ['login', 'signup', 'reset-password?token=x']) {
      await open(page, `/${locale}/${path}`)
      await main(page).locator('[type=submit]').click()
      await expect(main(page).locator('[aria-invalid=true]').first()).toBeFocused()
      await expectNoViolations(page, 'main')
    }
    for (const path of ['verify?token=x', 'login/return?problem=external-denied', 'authorize?request=x']) {
      await open(page, `/${locale}/${path}`)
      await expect(main(page).getByRole('alert')).toBeVisible()
      await expectNoViolations(page, 'main')
    }
  })
})

test('the account', async ({ page }) => {
  await signIn(page, await seeded('customer'))
  await inEachAppearance(page, async (locale) => {
    for (const path of ['account', 'account/addresses', 'account/security', 'account/privacy']) {
      await open(page, `/${locale}/${path}`)
      await expectNoViolations(page)
    }
    await page.getByRole('banner').getByRole('button', { expanded: false }).first().click()
    await expectNoViolations(page, 'header')
    await open(page, `/${locale}/account/addresses`)
    await main(page).locator('button.button').click()
    await expect(main(page).getByRole('combobox')).toBeVisible()
    await expectNoViolations(page, 'main')
    await open(page, `/${locale}/staff`)
    await expectNoViolations(page)
  })
})

test('the second factor, being set up', async ({ page }) => {
  const customer = await seeded('customer')
  await signIn(page, customer)
  await inEachAppearance(page, async (locale) => {
    await open(page, `/${locale}/account/security`)
    const section = main(page).getByRole('region').first()
    await section.getByRole('button').first().click()
    await section.locator('input[type=password]').fill(customer.password)
    await section.locator('[type=submit]').click()
    await expect(section.getByRole('img')).toBeVisible()
    await expectNoViolations(page, 'main')
  })
})

test('the sign-in over a page, and the form for a review', async ({ page }) => {
  await signIn(page, await seeded('customer'))
  await inEachAppearance(page, async (locale) => {
    // Pictures below the fold stay skeletons until somebody scrolls to them.
    await page.goto(`/${locale}/products?sort=name`)
    await main(page).getByRole('article').first().getByRole('link').click()
    await page.getByRole('button', { name: /Bewertung schreiben|Write a review/ }).click()
    await page.getByRole('radio').nth(3).check()
    await expectNoViolations(page, '#reviews')

    await open(page, `/${locale}/account`)
    const refusal = {
      status: 401,
      contentType: 'application/problem+json',
      body: '{"title":"Unauthenticated"}',
    }
    await page.route('**/api/auth/me', (route) =>
      route.request().method() === 'PATCH' ? route.fulfill(refusal) : route.continue(),
    )
    await page.route('**/api/auth/refresh', (route) => route.fulfill(refusal))
    await main(page).locator('[type=submit]').click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await expectNoViolations(page, '[role=dialog]')

    await page.unrouteAll()
    await page.evaluate(() => localStorage.setItem('prost.signed-in', '1'))
  })
})

test('behind the bar, and an application that asks', async ({ page, request, baseURL }) => {
  const customer = await aCustomer(request)
  const bearer = { Authorization: `Bearer ${await signIn(page, customer)}` }
  const { items } = (await (await request.get('/api/catalog/products?page_size=1')).json()) as {
    items: { id: string }[]
  }
  const review = { rating: 4, title: 'Süffig', body: 'Passt zu allem.', author: 'Rosa' }
  const path = `/api/catalog/products/${items[0]?.id ?? ''}/reviews`
  expect((await request.post(path, { headers: bearer, data: review })).status()).toBe(201)

  const { id, ...admin } = await seeded('admin')
  const asked = await anApplication(request, await signIn(page, admin), `${baseURL ?? ''}/de/imprint`)
  await inEachAppearance(page, async (locale) => {
    for (const part of ['staff/reviews', 'staff/accounts', `staff/accounts/${id}`, 'staff/events']) {
      await open(page, `/${locale}/${part}`)
      await expectNoViolations(page)
    }
    await page.goto(`/api/auth/authorize?${asked.toString()}&ui_locales=${locale}`)
    await expect(main(page).getByRole('listitem').first()).toBeVisible()
    await expectNoViolations(page)
  })
})
