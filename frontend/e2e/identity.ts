import { createHash, randomBytes, randomUUID } from 'node:crypto'

import { expect, type APIRequestContext, type Page } from '@playwright/test'

import { askDashboard, post, totp } from './accounts.mjs'

export type Person = { name: string; email: string; password: string }
type Account = Pick<Person, 'email' | 'password'> & { totp_secret?: string | null }
type Mails = { items: { id: number; recipients: string[] }[] }
type Mail = { letter: { links: string[] } }

/** Somebody nobody has heard of yet. */
export function aPerson(): Person {
  const id = randomUUID().slice(0, 8)
  return { name: 'Rosa Reinheit', email: `rosa-${id}@prost.test`, password: `vier alte Krüge ${id}` }
}

/** The link with a token in the newest mail to an address, once it is there: to confirm it, or for what else is named. */
export async function mailedLink(to: string, path = 'verify'): Promise<string> {
  let link: string | undefined
  const find = async () => {
    const { items } = (await askDashboard(`mails?text=${encodeURIComponent(to)}`)) as Mails
    for (const { id } of items.filter(({ recipients }) => recipients.includes(to))) {
      const { letter } = (await askDashboard(`mails/${id}`)) as Mail
      link ??= letter.links.find((address) => address.includes(`/${path}?token=`))
    }
    return link
  }
  await expect.poll(find, { message: `A mail to ${to}.` }).toBeDefined()
  return link ?? ''
}

/** Makes an account whose address is confirmed. */
export async function aCustomer(request: APIRequestContext): Promise<Person> {
  const person = aPerson()
  await post(request, '/api/auth/signup', () => person)
  const token = new URL(await mailedLink(person.email)).searchParams.get('token')
  await post(request, '/api/auth/verification', () => ({ token }))
  return person
}

/** Registers an application that signs people in by the shop; returns what it would send them with. */
export async function anApplication(request: APIRequestContext, adminToken: string, redirectUri: string) {
  const answer = await request.post('/api/auth/clients', {
    headers: { Authorization: `Bearer ${adminToken}` },
    data: { name: 'Kellerbuch', redirect_uris: [redirectUri], scopes: ['openid', 'profile'], public: true },
  })
  expect(answer.status()).toBe(201)
  const { client_id } = (await answer.json()) as { client_id: string }
  const verifier = randomBytes(32).toString('base64url')
  return new URLSearchParams({
    client_id,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid profile',
    state: 'xyz',
    nonce: 'abc',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
}

/** Fills the form for signing in, and the second step for those who have one. */
export async function fillSignIn(page: Page, { email, password, totp_secret: secret }: Account) {
  // The page before may ask for an address, too; none but this one asks for a password.
  await page.getByLabel('Passwort', { exact: true }).fill(password)
  await page.getByLabel('E-Mail-Adresse').fill(email)
  await page.getByRole('main').getByRole('button', { name: 'Anmelden' }).click()
  if (!secret) return
  const code = page.getByLabel('Code')
  const refusal = page.getByText('Dieser Code stimmt nicht')
  for (const steps of [0, 1]) {
    await code.fill(totp(secret, steps))
    await page.getByRole('button', { name: 'Weiter' }).click()
    await Promise.race([code.waitFor({ state: 'hidden' }), refusal.waitFor()])
    if (await code.isHidden()) return
    // Another test has used this code already; the next one counts, too.
  }
}
