import { expect, test } from '@playwright/test'

import { seeded, signIn } from './accounts.mjs'
import { APPEARANCES, expectNoViolations } from './axe'
import {
  choosePayment,
  expectConfirmed,
  expectEmptyCart,
  fillAddress,
  heading,
  main,
  order,
  orderButton,
  putInCart,
  toCheckout,
} from './buying'
import { aCustomer, fillSignIn } from './identity'

const GUEST = 'gast@prost.test'

test('a visitor without a cart makes no request for one', async ({ page }) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))

  await page.goto('/de/products')
  await expect(main(page).getByRole('article').first()).toBeVisible()
  await page.goto('/de/cart')
  await expect(heading(page)).toHaveText('Hier passt noch was rein.')

  expect(asked.filter((path) => path.startsWith('/api/cart'))).toEqual([])
})

test('the cart: quantities, taking out, putting back, and it is still there later', async ({ page }) => {
  const name = await putInCart(page)
  await page.getByRole('dialog').getByRole('link', { name: 'Warenkorb ansehen' }).click()
  const line = main(page).getByRole('article')
  await expect(line).toContainText(name)

  await line.getByRole('button', { name: 'Eins mehr' }).click()
  await line.getByRole('button', { name: 'Eins mehr' }).click()
  await expect(main(page).getByText('3 Artikel')).toBeVisible()
  await page.reload()
  await expect(line.getByRole('textbox', { name: 'Menge' })).toHaveValue('3')

  await line.getByRole('button', { name: /^Entfernen/ }).click()
  const undo = page.getByRole('button', { name: 'Rückgängig' })
  await expect(undo).toBeFocused()
  await expectEmptyCart(page)
  await undo.click()
  await expect(line.getByRole('textbox', { name: 'Menge' })).toHaveValue('3')
})

test('a guest finds a drink, orders it, sees it confirmed, and finds the order again', async ({ page }) => {
  const name = await putInCart(page)
  await toCheckout(page)
  await page.getByLabel('Postleitzahl').fill('1234')
  await page.getByRole('button', { name: 'Weiter zum Versand' }).click()
  await expect(page.getByLabel('E-Mail-Adresse')).toBeFocused()
  await fillAddress(page, GUEST)
  await choosePayment(page)
  await expect(main(page)).toContainText('Hopfenweg 1')
  await page.reload()
  await expect(heading(page)).toContainText('Alles richtig?')

  await order(page)

  await expectConfirmed(page)
  await expect(main(page)).toContainText(name)
  await expectEmptyCart(page)
  await page.reload()
  await expect(heading(page)).toHaveText('Prost! Das ist bestellt.')
})

test('a customer orders what they collected as a guest, finds it in the history and cancels it', async ({
  page,
  request,
}) => {
  const customer = await aCustomer(request)
  await putInCart(page)
  await toCheckout(page)
  await page.getByRole('link', { name: 'Anmelden und Adressen übernehmen' }).click()
  await fillSignIn(page, customer)
  await expect(heading(page)).toContainText('Wohin damit?')
  await expect(page.getByLabel('Vor- und Nachname')).toHaveValue(customer.name)
  await fillAddress(page, null)
  await choosePayment(page, /^Mastercard/)
  await order(page)
  await expectConfirmed(page)

  await page.getByRole('link', { name: 'Bestellungen' }).first().click()
  await expect(heading(page)).toHaveText('Bestellungen')
  await expect(main(page).getByRole('article')).toHaveCount(1)
  await main(page).getByRole('article').getByRole('link').click()
  await expectConfirmed(page)

  await page.getByRole('button', { name: 'Bestellung stornieren' }).click()
  await page.getByRole('button', { name: 'Bestellung stornieren' }).click()
  await expect(heading(page)).toHaveText('Diese Bestellung ist storniert')
})

test('a declined card is told, and another one pays the same order', async ({ page }) => {
  await putInCart(page)
  await toCheckout(page)
  await fillAddress(page, GUEST)
  await choosePayment(page, /^Abgelehnte Karte/)
  await order(page)
  await expect(heading(page)).toHaveText('Die Zahlung hat nicht geklappt')
  const address = page.url()
  const again = main(page).getByRole('region', { name: 'Nochmal zahlen' })
  await expect(again.getByRole('timer')).toContainText(/^Noch \d+ Minuten/)
  await page.setViewportSize({ width: 390, height: 844 })
  await expectNoViolations(page)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)

  await again.getByText('Was schiefgehen kann').click()
  await again.getByRole('radio', { name: /^Leeres Konto/ }).check()
  await again.getByRole('button', { name: /zahlen$/ }).click()
  await expect(again.getByRole('alert')).toContainText('Auch diese Zahlung hat nicht geklappt')
  await page.reload()
  await again.getByRole('radio', { name: /^Visa ••••/ }).focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')

  await expectConfirmed(page)
  await expect(heading(page)).toBeFocused()
  expect(page.url()).toBe(address)
  await expectEmptyCart(page)
})

test('a bank that asks back is answered on its page, and the order goes on', async ({ page }) => {
  await putInCart(page)
  await toCheckout(page)
  await fillAddress(page, GUEST)
  await choosePayment(page, /^Visa mit 3-D Secure/)
  await order(page)

  await page.getByRole('button', { name: 'Freigeben' }).click()

  await expectConfirmed(page)
})

test('a double click and a reload before the answer order once', async ({ page }) => {
  const keys: (string | undefined)[] = []
  await putInCart(page, 'sturmpils')
  await toCheckout(page)
  await fillAddress(page, GUEST)
  await choosePayment(page)
  // The first answer never arrives, though the order does.
  await page.route(
    (url) => url.pathname === '/api/orders',
    async (route) => {
      keys.push(route.request().headers()['idempotency-key'])
      if (keys.length > 1) return route.continue()
      await route.fetch()
      return route.abort('connectionreset')
    },
  )
  await expect(orderButton(page)).not.toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('checkbox', { name: /^Ich bin mindestens/ }).check()
  await orderButton(page).dblclick()
  await expect(page.getByRole('alert')).toContainText('Noch keine Antwort')

  await page.reload()

  await expectConfirmed(page)
  expect(keys).toHaveLength(2)
  expect(keys[0]).toBe(keys[1])
})

test('the keyboard alone gets from the shelf to an order', async ({ page }) => {
  await page.goto('/de/products?q=sturmpils')
  const add = main(page).getByRole('article').first().getByRole('button')
  await add.focus()
  await page.keyboard.press('Enter')
  await expect(add).toContainText('1 im Korb')
  await page.goto('/de/checkout')
  await page.getByLabel('E-Mail-Adresse').focus()
  for (const text of [GUEST, 'Gustav Gast', 'Hopfenweg 1', '80331', 'München']) {
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.type(text)
    if (text !== 'München') await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await expect(heading(page)).toBeFocused()
  await expect(heading(page)).toContainText('Wie eilig ist es?')
  await page.getByRole('radio', { name: 'Standard' }).focus()
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('radio', { name: 'Express' })).toBeChecked()
  await page.keyboard.press('Enter')
  await expect(heading(page)).toContainText('Wie möchten Sie zahlen?')
  await page.getByRole('radio', { name: /^Visa ••••/ }).focus()
  await page.keyboard.press('Enter')
  await expect(heading(page)).toContainText('Alles richtig?')
  await expect(orderButton(page)).not.toHaveAttribute('aria-disabled', 'true')
  await orderButton(page).focus()
  await page.keyboard.press('Enter')
  const age = page.getByRole('checkbox', { name: /^Ich bin mindestens/ })
  await expect(age).toBeFocused()
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')

  await expectConfirmed(page)
})

test('the pages for buying hold to WCAG', async ({ page }) => {
  await signIn(page, await seeded('customer'))
  await putInCart(page)
  for (const { locale, colorScheme } of APPEARANCES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto(`/${locale}/cart`)
    await expect(main(page).getByRole('article').first()).toBeVisible()
    await expectNoViolations(page)
    await page
      .getByRole('banner')
      .getByRole('button', { name: /^(Warenkorb|Cart)/ })
      .click()
    await expect(page.getByRole('dialog').getByRole('article').first()).toBeVisible()
    await expectNoViolations(page, '[role=dialog]')
    await page.goto(`/${locale}/checkout/address`)
    await expect(main(page).getByRole('radio').first()).toBeVisible()
    await expectNoViolations(page)
    await page.locator('main button.button').click()
    await expect(page).toHaveURL(/shipping$/)
    await expectNoViolations(page)
    await page.locator('main [type=submit]').first().click()
    await expect(page).toHaveURL(/payment$/)
    await expectNoViolations(page)
    await page.locator('main form [type=submit]').first().click()
    await expect(page).toHaveURL(/review$/)
    await expectNoViolations(page)
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.goto('/de/checkout/review')
  await order(page)
  await expectConfirmed(page)
  const path = new URL(page.url()).pathname
  for (const { locale, colorScheme } of APPEARANCES) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.goto(path.replace('/de/', `/${locale}/`))
    await expect(main(page).getByRole('region').first()).toBeVisible()
    await expectNoViolations(page)
    await page.goto(`/${locale}/account/orders`)
    await expect(main(page).getByRole('article').first()).toBeVisible()
    await expectNoViolations(page)
  }
})
