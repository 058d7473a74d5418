import { expect, type Locator, type Page } from '@playwright/test'

export const main = (page: Page) => page.getByRole('main')
export const heading = (page: Page) => page.getByRole('heading', { level: 1 })
const cartButton = (page: Page) => page.getByRole('banner').getByRole('button', { name: /^Warenkorb/ })

/** Puts the first drink that a search finds into the cart, from its page; returns its name. */
export async function putInCart(page: Page, search = 'pils', quantity = 1): Promise<string> {
  await page.goto('/de')
  const field = page.getByRole('combobox', { name: 'Getränke suchen' })
  await field.fill(search)
  await field.press('Enter')
  await main(page).getByRole('article').first().getByRole('link').click()
  return putThisInCart(page, quantity)
}

/** Puts the drink whose page is open into the cart; returns its name. */
export async function putThisInCart(page: Page, quantity = 1): Promise<string> {
  await expect(main(page).getByRole('button', { name: 'In den Warenkorb', exact: true })).toBeVisible()
  const name = (await heading(page).textContent()) ?? ''
  if (quantity > 1) {
    await main(page).getByRole('textbox', { name: 'Menge' }).fill(String(quantity))
    await main(page).getByRole('textbox', { name: 'Menge' }).blur()
  }
  await main(page).getByRole('button', { name: 'In den Warenkorb', exact: true }).click()
  await expect(page.getByRole('dialog').getByRole('article').filter({ hasText: name })).toBeVisible()
  return name
}

/** From the open drawer to the checkout. */
export async function toCheckout(page: Page) {
  await page.getByRole('dialog').getByRole('link', { name: 'Zur Kasse' }).click()
  await expect(heading(page)).toContainText('Wohin damit?')
}

/** Fills the form for the address, with an e-mail address for guests. */
export async function fillAddress(page: Page, email: string | null) {
  if (email) await page.getByLabel('E-Mail-Adresse').fill(email)
  await page.getByLabel('Vor- und Nachname').fill('Gustav Gast')
  await page.getByLabel('Straße und Hausnummer').fill('Hopfenweg 1')
  await page.getByLabel('Postleitzahl').fill('80331')
  await main(page).getByRole('textbox', { name: 'Ort' }).fill('München')
  await page.getByRole('button', { name: 'Weiter zum Versand' }).click()
  await expect(heading(page)).toContainText('Wie eilig ist es?')
}

/** From shipping to the review, paying with a card. */
export async function choosePayment(page: Page, card = /^Visa ••••/) {
  await page.getByRole('button', { name: 'Weiter zur Zahlung' }).click()
  await pay(page, card)
}

/** On the step for paying: chooses a card and goes on to the review. */
async function pay(page: Page, card: RegExp) {
  await expect(heading(page)).toContainText('Wie möchten Sie zahlen?')
  const choice = page.getByRole('radio', { name: card })
  if (!(await choice.isVisible())) await page.getByText('Was schiefgehen kann').click()
  await choice.check()
  await page.getByRole('button', { name: 'Weiter zum Prüfen' }).click()
  await expect(heading(page)).toContainText('Alles richtig?')
}

/** Declares the age where that is asked for, and orders. */
export async function order(page: Page) {
  const button = orderButton(page)
  await expect(button).not.toHaveAttribute('aria-disabled', 'true')
  const age = page.getByRole('checkbox', { name: /^Ich bin mindestens/ })
  if (await age.isVisible()) await age.check()
  await button.click()
}

export const orderButton = (page: Page): Locator =>
  page.getByRole('button', { name: 'Zahlungspflichtig bestellen' })

/** Waits on an order's page until it is confirmed. */
export async function expectConfirmed(page: Page) {
  await expect(page).toHaveURL(/\/de\/orders\//)
  await expect(heading(page)).toHaveText('Prost! Das ist bestellt.')
}

/** The cart is empty, as far as the page's head knows. */
export const expectEmptyCart = (page: Page) =>
  expect(cartButton(page)).toHaveAccessibleName('Warenkorb, leer')
