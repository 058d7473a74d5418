/** What an access token says of its holder, as far as the pages go by it. Each service verifies the token itself. */
export type Claims = {
  accountId: string
  roles: readonly string[]
  emailVerified: boolean
  /** Whether a second factor was given when signing in. */
  strong: boolean
  /** When the password was last given, in seconds since 1970. */
  signedInAt: number
}

type Payload = {
  sub?: string
  roles?: string[]
  email_verified?: boolean
  amr?: string[]
  auth_time?: number
}

/**
 * Reads a token's claims.
 *
 * @throws {Error} when it is not a JWT.
 */
export function readClaims(token: string): Claims {
  const part = token.split('.')[1] ?? ''
  const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (it) =>
    it.charCodeAt(0),
  )
  const payload = JSON.parse(new TextDecoder().decode(bytes)) as Payload
  return {
    accountId: payload.sub ?? '',
    roles: payload.roles ?? [],
    emailVerified: payload.email_verified ?? false,
    strong: payload.amr?.includes('otp') ?? false,
    signedInAt: payload.auth_time ?? 0,
  }
}
