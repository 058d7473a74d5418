/** Sessions that end, that many tabs share, and whose next token gets lost. */
import { expect, test, type APIRequestContext, type Page, type Route } from '@playwright/test'

import { seeded, signIn } from './accounts.mjs'
import { aCustomer, fillSignIn, type Person } from './identity'

const heading = (page: Page) => page.getByRole('heading', { level: 1 })
const accountMenu = (page: Page) => page.getByRole('banner').getByRole('button', { name: 'Ihr Konto' })

/** Ends a person's sessions from another device. */
async function signOutElsewhere(request: APIRequestContext, { email, password }: Person) {
  const signedIn = await request.post('/api/auth/login', { data: { email, password } })
  const { access_token: token } = (await signedIn.json()) as { access_token: string }
  const ended = await request.delete('/api/auth/me/sessions', {
    headers: { Authorization: `Bearer ${token}` },
  })
  expect(ended.status()).toBe(204)
}

/** The cookie that no script of the page can read, as its browser sends it. */
async function refreshCookie(page: Page) {
  const cookie = (await page.context().cookies()).find(({ name }) => name.endsWith('prost-refresh'))
  return { Cookie: `${cookie?.name ?? ''}=${cookie?.value ?? ''}` }
}

test('a session that ends in the middle of a form costs nothing that was typed', async ({
  page,
  request,
}) => {
  const customer = await aCustomer(request)
  await signIn(page, customer)
  await page.goto('/de/account/addresses')
  await page.getByRole('button', { name: 'Adresse hinzufügen' }).click()
  await page.getByLabel('Straße und Hausnummer').fill('Malzgasse 7')
  await page.getByLabel('Postleitzahl').fill('50667')
  await page.getByRole('textbox', { name: 'Ort' }).fill('Köln')
  await signOutElsewhere(request, customer)

  await page.getByRole('button', { name: 'Speichern' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('heading')).toHaveText('Bitte noch einmal anmelden')
  await expect(dialog.getByLabel('E-Mail-Adresse')).toHaveValue(customer.email)
  await dialog.getByLabel('Passwort', { exact: true }).fill(customer.password)
  await dialog.getByRole('button', { name: 'Anmelden' }).click()

  await expect(page.getByRole('article').filter({ hasText: 'Malzgasse 7' })).toContainText('50667 Köln')
  await expect(dialog).toBeHidden()
})

test('who does not want to sign in again keeps the form', async ({ page, request }) => {
  const customer = await aCustomer(request)
  await signIn(page, customer)
  await page.goto('/de/account')
  await page.getByLabel('Name').fill('Jemand Anderes')
  await signOutElsewhere(request, customer)

  await page.getByRole('button', { name: 'Speichern' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Nicht jetzt' }).click()

  await expect(page.getByRole('alert')).toContainText('noch da')
  await expect(page.getByLabel('Name')).toHaveValue('Jemand Anderes')
})

test('all tabs know at once who is signed in, and who no longer is', async ({ page, context }) => {
  const customer = await seeded('customer')
  const other = await context.newPage()
  await other.goto('/de/products')
  await page.goto('/de/login')
  await fillSignIn(page, customer)
  await expect(accountMenu(page)).toBeVisible()

  await expect(accountMenu(other)).toBeVisible()
  await accountMenu(other).click()
  await other.getByRole('button', { name: 'Abmelden' }).click()

  await expect(page).toHaveURL(/\/de$/)
  await expect(page.getByRole('banner').getByRole('link', { name: 'Anmelden' })).toBeVisible()
})

test('pages that are loaded one upon the other stay signed in', async ({ page, context }) => {
  await signIn(page, await seeded('customer'))
  const others = await Promise.all([context.newPage(), context.newPage()])

  // Each of these renews the session by a cookie that is good for one use.
  await Promise.all([page, ...others].map((tab) => tab.goto('/de/account', { waitUntil: 'commit' })))
  await page.reload({ waitUntil: 'commit' })
  await page.goto('/de/account/privacy')

  await expect(heading(page)).toHaveText('Datenschutz')
  for (const tab of others) await expect(heading(tab)).toContainText('Prost,')
})

test('a page whose next token got lost on the way stays signed in', async ({ page, request }) => {
  await signIn(page, await aCustomer(request))
  // The service answers, and nobody hears it: the cookie that the page still has is used up.
  const lost = new Promise<number>((resolve) => {
    const loseAnswer = async (route: Route) => {
      const headers = { ...route.request().headers(), ...(await refreshCookie(page)) }
      const answer = await request.post(route.request().url(), { headers })
      await route.abort('connectionreset')
      resolve(answer.status())
    }
    void page.route('**/api/auth/refresh', loseAnswer, { times: 1 })
  })
  await page.goto('/de/account')
  expect(await lost).toBe(200)

  await page.reload()

  await expect(heading(page)).toContainText('Prost,')
})

test('whoever uses a token that was used signs everybody out', async ({ page, request }) => {
  await signIn(page, await aCustomer(request))
  const stolen = await refreshCookie(page)
  await page.goto('/de/account')
  await expect(heading(page)).toContainText('Prost,')

  const thief = await request.post('/api/auth/refresh', { headers: stolen })
  await page.reload()

  expect(thief.status()).toBe(401)
  await expect(heading(page)).toHaveText('Anmelden')
})
