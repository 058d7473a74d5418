const encode = (value: object) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

let made = 0

/** An access token with the given claims; no two are the same. Its signature is for services to look at. */
export function aToken(claims: Record<string, unknown> = {}): string {
  made += 1
  const payload = {
    sub: 'anna',
    roles: ['customer'],
    email_verified: true,
    amr: ['pwd'],
    auth_time: 1_700_000_000,
    jti: String(made),
    ...claims,
  }
  return `${encode({ alg: 'ES256', typ: 'at+jwt' })}.${encode(payload)}.signature`
}

/** What the identity service answers a sign-in or a renewal with. */
export const anAnswer = (claims: Record<string, unknown> = {}, expiresIn = 600) => ({
  access_token: aToken(claims),
  token_type: 'Bearer' as const,
  expires_in: expiresIn,
})

export const aJson = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
