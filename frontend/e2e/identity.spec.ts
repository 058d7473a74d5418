import { readFile } from 'node:fs/promises'

import { expect, test, type Locator, type Page } from '@playwright/test'

import { seeded, signIn, totp } from './accounts.mjs'
import { aCustomer, anApplication, aPerson, fillSignIn, mailedLink } from './identity'

const heading = (page: Page) => page.getByRole('heading', { level: 1 })
const accountMenu = (page: Page) => page.getByRole('banner').getByRole('button', { name: 'Ihr Konto' })

async function openProduct(page: Page, index: number) {
  await page.goto('/de/products?sort=name')
  await page.getByRole('main').getByRole('article').nth(index).getByRole('link').click()
  await expect(page.getByRole('heading', { name: 'Und was sagen Sie?' })).toBeVisible()
}

async function writeReview(page: Page, title: string) {
  await page.getByRole('button', { name: 'Bewertung schreiben' }).click()
  await page.getByRole('radio', { name: '4 Sterne' }).check()
  await page.getByLabel('In einem Satz').fill(title)
}

/** Sets an authenticator app up, as far as the recovery codes. */
async function enrolApp(section: Locator, password: string) {
  await section.getByRole('button', { name: 'Einrichten' }).click()
  await section.getByLabel('Passwort', { exact: true }).fill(password)
  await section.getByRole('button', { name: 'Weiter' }).click()
  await expect(section.getByRole('img', { name: 'QR-Code' })).toBeVisible()
  const shown = (await section.getByText(/^[A-Z2-7]{4}( [A-Z2-7]{1,4})+$/).textContent()) ?? ''
  await section.getByLabel('Der Code, den die App jetzt zeigt').fill(totp(shown.replaceAll(' ', '')))
  await section.getByRole('button', { name: 'Einschalten' }).click()
  await expect(section.getByRole('listitem')).toHaveCount(10)
}

test('somebody signs up, confirms by the mail, signs in, changes their profile, signs out and comes back', async ({
  page,
}) => {
  const person = aPerson()
  await page.goto('/de')
  await page.getByRole('banner').getByRole('link', { name: 'Anmelden' }).click()
  await page.getByRole('main').getByRole('link', { name: 'Konto anlegen' }).click()
  await page.getByLabel('Name').fill(person.name)
  await page.getByLabel('E-Mail-Adresse').fill(person.email)
  const password = page.getByLabel('Passwort', { exact: true })
  await password.fill('sommer2026')
  await expect(page.getByText('Sehr schwach')).toBeVisible()
  await page.getByRole('button', { name: 'Konto anlegen' }).click()
  await expect(password).toHaveAttribute('aria-invalid', 'true')
  await expect(password).toBeFocused()
  await expect(page.getByText('zu leicht zu erraten')).toBeVisible()
  await password.fill(person.password)
  await page.getByRole('button', { name: 'Konto anlegen' }).click()
  await expect(heading(page)).toHaveText('Jetzt in Ihr Postfach schauen')

  await page.goto(await mailedLink(person.email))
  await expect(heading(page)).toHaveText('Adresse bestätigt.')
  await expect(page).toHaveURL(/\/de\/verify$/)

  await page.getByRole('main').getByRole('link', { name: 'Anmelden' }).click()
  await fillSignIn(page, person)
  await expect(heading(page)).toHaveText('Prost, Rosa Reinheit!')

  await page.getByLabel('Name').fill('Rosa Roggen')
  await page.getByRole('button', { name: 'Speichern' }).click()
  await expect(heading(page)).toHaveText('Prost, Rosa Roggen!')
  await page.reload()
  await expect(page.getByLabel('Name')).toHaveValue('Rosa Roggen')

  await accountMenu(page).click()
  await page.getByRole('button', { name: 'Abmelden' }).click()
  await expect(page).toHaveURL(/\/de$/)
  await expect(page.getByRole('banner').getByRole('link', { name: 'Anmelden' })).toBeVisible()
  await page.goto('/de/account')
  await expect(heading(page)).toHaveText('Anmelden')

  await fillSignIn(page, person)
  await expect(heading(page)).toHaveText('Prost, Rosa Roggen!')
})

test('a visitor who never signed in makes no request to the identity service', async ({ page }) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))

  await openProduct(page, 0)

  expect(asked.filter((path) => path.startsWith('/api/auth'))).toEqual([])
})

test('a wrong password says so, and what was typed stays', async ({ page }) => {
  const { email } = await seeded('customer')
  await page.goto('/de/login')

  await fillSignIn(page, { email, password: 'ganz und gar falsch' })

  await expect(page.getByRole('alert')).toHaveText('E-Mail-Adresse oder Passwort stimmt nicht.')
  await expect(page.getByLabel('E-Mail-Adresse')).toHaveValue(email)
})

test('signing in leads to where one was going, and never to another site', async ({ page }) => {
  const customer = await seeded('customer')
  await page.goto('/de/account/addresses')
  await expect(page).toHaveURL(/\/de\/login\?to=/)
  await fillSignIn(page, customer)
  await expect(page).toHaveURL(/\/de\/account\/addresses$/)
  await expect(page.getByText('Hopfengasse 12').first()).toBeVisible()

  await page.goto('/de/login?to=https://evil.test/')
  await expect(page).toHaveURL(/\/de\/account$/)
  await page.goto('/de/login?to=//evil.test/')
  await expect(page).toHaveURL(/\/de\/account$/)
})

test('a customer writes a review, and staff publishes it', async ({ page, browser, request }, {
  project,
}) => {
  const title = `Süffig ${Date.now()}`
  const index = project.name === 'phone' ? 1 : 2
  const customer = await aCustomer(request)
  await openProduct(page, index)
  await page.getByRole('link', { name: 'Zum Bewerten anmelden' }).click()
  await fillSignIn(page, customer)
  await expect(page).toHaveURL(/\/de\/products\//)
  await writeReview(page, title)
  await page.getByRole('button', { name: 'Bewertung abgeben' }).click()
  await expect(page.getByText('wird gelesen, bevor sie hier erscheint')).toBeVisible()
  const product = page.url()

  const staff = await (await browser.newContext()).newPage()
  await staff.goto('/de/staff')
  await fillSignIn(staff, await seeded('catalog'))
  await expect(heading(staff)).toHaveText('Bewertungen')
  const entry = staff.getByRole('article').filter({ hasText: title })
  await expect(entry).toContainText('zu ')
  await entry.getByRole('button', { name: 'Veröffentlichen' }).click()
  await expect(entry).toBeHidden()
  await staff.goto('/de/staff/events')
  await expect(heading(staff)).toHaveText('Nur fürs Personal.')
  await staff.context().close()

  await page.goto(product)
  await writeReview(page, title)
  await page.getByRole('button', { name: 'Bewertung abgeben' }).click()
  await expect(page.getByText('schon bewertet')).toBeVisible()
})

test('who has not confirmed their address is told so instead of a form', async ({ page, request }) => {
  const person = aPerson()
  expect((await request.post('/api/auth/signup', { data: person })).status()).toBe(202)
  await signIn(page, person)

  await openProduct(page, 0)

  await expect(page.getByText('Bewerten kann, wer seine E-Mail-Adresse bestätigt hat.')).toBeVisible()
  await page.getByRole('button', { name: 'Nachricht noch einmal senden' }).click()
  await expect(page.getByText('Ist unterwegs.')).toBeVisible()
})

test('a customer sets up a second factor, and needs it from then on', async ({ page, request }) => {
  const customer = await aCustomer(request)
  await signIn(page, customer)
  await page.goto('/de/account/security')
  const section = page.getByRole('region', { name: 'Zweiter Faktor' })
  await enrolApp(section, customer.password)
  const recoveryCode = (await section.getByRole('listitem').first().textContent()) ?? ''
  await section.getByRole('button', { name: 'Ich habe sie gesichert' }).click()
  await expect(section.getByText('Eingeschaltet.')).toBeVisible()

  await accountMenu(page).click()
  await page.getByRole('button', { name: 'Abmelden' }).click()
  await page.goto('/de/login')
  await fillSignIn(page, customer)
  await page.getByLabel('Code').fill(recoveryCode.trim())
  await page.getByRole('button', { name: 'Weiter' }).click()

  await expect(heading(page)).toContainText('Prost,')
})

test('who has lost the second factor is helped by an admin, and begins with another', async ({
  page,
  browser,
  request,
}) => {
  const customer = await aCustomer(request)
  await signIn(page, customer)
  await page.goto('/de/account/security')
  const section = page.getByRole('region', { name: 'Zweiter Faktor' })
  await enrolApp(section, customer.password)
  await section.getByRole('button', { name: 'Ich habe sie gesichert' }).click()

  const desk = await (await browser.newContext()).newPage()
  await signIn(desk, await seeded('admin'))
  await desk.goto('/de/staff/accounts')
  await desk.getByRole('searchbox').fill(customer.email)
  await desk.getByRole('searchbox').press('Enter')
  await desk.getByRole('row').filter({ hasText: customer.email }).getByRole('link').click()
  const lost = desk.getByRole('region', { name: 'Zweiter Faktor verloren' })
  await lost.getByLabel('Grund').fill('hat sich am Tresen ausgewiesen')
  await lost.getByRole('button', { name: 'Zweiten Faktor entfernen' }).click()
  await expect(desk.getByText('Der zweite Faktor ist entfernt.')).toBeVisible()
  await expect(lost).toBeHidden()
  await desk.context().close()

  await page.goto('/de/account')
  await fillSignIn(page, customer)
  await expect(heading(page)).toContainText('Prost,')
  await page.goto('/de/account/security')
  await expect(section.getByRole('button', { name: 'Einrichten' })).toBeVisible()
})

test('a forgotten password is set anew by the mail', async ({ page, request }) => {
  const customer = await aCustomer(request)
  await page.goto('/de/login')
  await page.getByRole('link', { name: 'Passwort vergessen?' }).click()
  await page.getByLabel('E-Mail-Adresse').fill(customer.email)
  await page.getByRole('button', { name: 'Link schicken' }).click()
  await expect(heading(page)).toHaveText('Jetzt in Ihr Postfach schauen')

  await page.goto(await mailedLink(customer.email, 'reset-password'))
  const changed = { ...customer, password: `${customer.password} und Korn` }
  await page.getByRole('textbox', { name: 'Neues Passwort' }).fill(changed.password)
  await page.getByRole('button', { name: 'Passwort setzen' }).click()
  await expect(heading(page)).toHaveText('Das Passwort ist gesetzt.')
  await page.getByRole('main').getByRole('link', { name: 'Anmelden' }).click()
  await fillSignIn(page, changed)

  await expect(heading(page)).toContainText('Prost,')
})

test('data is taken along, and the account deleted', async ({ page, request }) => {
  const customer = await aCustomer(request)
  await signIn(page, customer)
  await page.goto('/de/account/privacy')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Daten herunterladen' }).click()
  expect((await download).suggestedFilename()).toBe('prost-daten.json')
  const taken = JSON.parse(await readFile(await (await download).path(), 'utf8')) as Record<string, unknown>
  expect(taken).toMatchObject({ account: { email: customer.email }, orders: [], cart: { lines: [] } })

  await page.getByRole('button', { name: 'Konto löschen …' }).click()
  await page.getByLabel('Zur Sicherheit Ihr Passwort').fill(customer.password)
  await page.getByRole('button', { name: 'Endgültig löschen' }).click()

  await expect(page).toHaveURL(/\/de$/)
  await page.goto('/de/login')
  await fillSignIn(page, customer)
  await expect(page.getByRole('alert')).toHaveText('E-Mail-Adresse oder Passwort stimmt nicht.')
})

test('an application signs somebody in by the shop, with their consent, which they take back', async ({
  page,
  browser,
  baseURL,
  request,
}) => {
  const customer = await aCustomer(request)
  const desk = await (await browser.newContext()).newPage()
  const token = await signIn(desk, await seeded('admin'))
  await desk.context().close()
  const asked = await anApplication(request, token, `${baseURL ?? ''}/de/imprint`)

  await page.goto(`/api/auth/authorize?${asked.toString()}`)
  await expect(page).toHaveURL(/\/de\/login\?/)
  await fillSignIn(page, customer)
  await expect(page.getByText('Kellerbuch möchte Ihr Konto benutzen.')).toBeVisible()
  await expect(page.getByText('Ihren Namen und Ihre Sprache')).toBeVisible()
  await page.getByRole('button', { name: 'Erlauben' }).click()
  await expect(page).toHaveURL(/\/de\/imprint\?.*code=.+/)
  expect(new URL(page.url()).searchParams.get('state')).toBe('xyz')

  await page.goto('/de/account/privacy')
  await page.getByRole('button', { name: 'Kellerbuch die Erlaubnis nehmen' }).click()
  await expect(page.getByText('Keine Anwendung benutzt Ihr Konto.')).toBeVisible()

  await page.goto(`/api/auth/end-session?client_id=${asked.get('client_id') ?? ''}`)
  await expect(heading(page)).toHaveText('Abmelden')
  await page.getByRole('main').getByRole('button', { name: 'Abmelden' }).click()
  await expect(heading(page)).toHaveText('Sie sind abgemeldet.')
})

test('a provider is disconnected in the account, and the last way in is not', async ({ page }) => {
  // No provider is to be had here: the service's own tests connect and disconnect one.
  const identity = { provider: 'braukeller', email: 'gast@brauerei.test' }
  const state = { external: [identity], has_password: false }
  const asked: string[] = []
  await signIn(page, await seeded('customer'))
  await page.route('**/api/auth/external', (route) =>
    route.fulfill({
      json: { items: [{ provider: 'braukeller', name: 'Braukeller' }], next_page_token: null },
    }),
  )
  await page.route('**/api/auth/me', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), ...state } })
  })
  await page.route('**/api/auth/me/external/*', (route) => {
    asked.push(`${route.request().method()} ${new URL(route.request().url()).pathname}`)
    return route.fulfill({ status: 204 })
  })

  await page.goto('/de/account/security')
  const section = page.getByRole('region', { name: 'Verbundene Anbieter' })
  await expect(section).toContainText('Braukeller')
  await expect(section).toContainText('Setzen Sie zuerst ein Passwort.')
  await expect(section.getByRole('button')).toHaveCount(0)

  state.has_password = true
  await page.reload()
  await section.getByRole('button', { name: 'Trennen' }).click()
  await section.getByRole('button', { name: 'Trennen' }).click()
  await expect(page.getByText('Braukeller ist getrennt.')).toBeVisible()
  await expect(section).toBeHidden()
  expect(asked).toEqual(['DELETE /api/auth/me/external/braukeller'])
})

test('staff without a second factor is led to set one up', async ({ page }) => {
  // The service gives no such token, and the pages go by what it says of the account.
  await signIn(page, await seeded('customer'))
  await page.route('**/api/auth/me', async (route) => {
    const answer = await route.fetch()
    const account = (await answer.json()) as object
    const staff = { roles: ['customer', 'admin'], second_factor: { enrolled: false, required: true } }
    await route.fulfill({ response: answer, json: { ...account, ...staff } })
  })

  await page.goto('/de/staff')
  await expect(heading(page)).toHaveText('Erst der zweite Faktor')
  await page.getByRole('link', { name: 'Jetzt einrichten' }).click()

  await expect(page.getByRole('region', { name: 'Zweiter Faktor' })).toContainText('Einrichten')
})
