// The code flow by a client that nobody here wrote, with every check that it can make. Reads what it is told
// from standard input and writes what it found, as JSON.

import { readFileSync } from 'node:fs'
import * as oidc from 'openid-client'

const { issuer, application, person } = JSON.parse(readFileSync(0, 'utf8'))
const found = {}

const config = await oidc.discovery(
  new URL(issuer),
  application.client_id,
  { require_auth_time: true, default_max_age: 600 },
  oidc.ClientSecretBasic(application.client_secret),
  { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] },
)
const metadata = config.serverMetadata()
found.issuer = metadata.issuer

const signedIn = await json(`${issuer}/login`, { email: person.email, password: person.password })
const shop = { Authorization: `Bearer ${signedIn.access_token}` }

const code = await approve()
const tokens = await oidc.authorizationCodeGrant(config, code.url, code.checks)
found.claims = tokens.claims()
found.scope = tokens.scope
found.userinfo = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)

const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token)
found.refreshed = refreshed.claims()
found.rotated = refreshed.refresh_token !== tokens.refresh_token

found.active = await oidc.tokenIntrospection(config, refreshed.access_token)
await oidc.tokenRevocation(config, refreshed.refresh_token)
found.revoked = await oidc.tokenIntrospection(config, refreshed.access_token)
found.refreshAfterRevocation = await refusal(oidc.refreshTokenGrant(config, refreshed.refresh_token))
found.userinfoAfterRevocation = await refusal(
  oidc.fetchUserInfo(config, refreshed.access_token, tokens.claims().sub),
)

const own = await oidc.clientCredentialsGrant(config, { resource: 'analytics' })
found.own = await oidc.tokenIntrospection(config, own.access_token)

const twice = await approve()
const first = await oidc.authorizationCodeGrant(config, twice.url, twice.checks)
found.codeTwice = await refusal(oidc.authorizationCodeGrant(config, twice.url, twice.checks))
found.firstAfterCodeTwice = await oidc.tokenIntrospection(config, first.access_token)

const stolen = await approve()
found.wrongVerifier = await refusal(
  oidc.authorizationCodeGrant(config, stolen.url, {
    ...stolen.checks,
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
  }),
)

const silent = await ask({ prompt: 'none' }, 'decline')
found.silent = await refusal(oidc.authorizationCodeGrant(config, silent.url, silent.checks))

const goodbye = oidc.buildEndSessionUrl(config, {
  id_token_hint: refreshed.id_token,
  post_logout_redirect_uri: application.post_logout_redirect_uri,
  state: 'see you',
})
const sent = await fetch(goodbye, { redirect: 'manual' })
const logout = new URL(sent.headers.get('location')).searchParams.get('request')
found.goodbye = await json(`${issuer}/logouts/${logout}`, undefined, { Cookie: signedIn.cookie })
found.cookieAfterGoodbye = (
  await fetch(`${issuer}/refresh`, { method: 'POST', headers: { Cookie: signedIn.cookie } })
).status

process.stdout.write(JSON.stringify(found))

/** Ask for a code and allow it, as the shop's page does in the person's browser. */
function approve() {
  return ask({}, 'decision', { allow: true }, shop)
}

async function ask(more, answer, body, headers) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const checks = {
    pkceCodeVerifier,
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    maxAge: 600,
    idTokenExpected: true,
  }
  const authorization = oidc.buildAuthorizationUrl(config, {
    redirect_uri: application.redirect_uri,
    scope: 'openid profile email offline_access',
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    max_age: '600',
    ...more,
  })
  const redirected = await fetch(authorization, { redirect: 'manual' })
  const request = new URL(redirected.headers.get('location')).searchParams.get('request')
  const { redirect_to } = await json(`${issuer}/authorizations/${request}/${answer}`, body, headers)
  return { url: new URL(redirect_to), checks }
}

async function json(url, body, headers = {}) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0]
  return { ...(await answer.json()), ...(cookie === undefined ? {} : { cookie }) }
}

/** Return the OAuth error that a call ends with. */
async function refusal(call) {
  try {
    await call
    return 'none'
  } catch (error) {
    return error.error ?? error.cause?.error ?? `${error.status ?? error.message}`
  }
}
