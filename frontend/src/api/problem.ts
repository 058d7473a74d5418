import type { Problem } from './catalog.types'

export type FailureKind =
  | 'offline'
  | 'timeout'
  | 'unavailable'
  | 'tooMany'
  | 'invalid'
  | 'signedOut'
  | 'forbidden'
  | 'notFound'
  | 'conflict'
  | 'unexpected'

/** A request that did not succeed, in the terms that the pages speak in. */
export class RequestFailed extends Error {
  override name = 'RequestFailed'

  constructor(
    readonly kind: FailureKind,
    readonly status: number | null = null,
    readonly problem: Problem | null = null,
    { cause, retryAfter = null }: { cause?: unknown; retryAfter?: number | null } = {},
  ) {
    super(problem?.title ?? kind, { cause })
    this.retryAfter = retryAfter
  }

  /** Seconds after which the service would look at the request again, if it said so. */
  readonly retryAfter: number | null

  /** What support needs to find the request in the traces. */
  get traceId(): string | null {
    return this.problem?.trace_id ?? null
  }

  /** The machine-readable kind of problem, such as `weak-password`. */
  get code(): string | null {
    return this.problem?.code ?? null
  }

  /** Whether the same request may succeed a moment later. */
  get transient(): boolean {
    return this.kind === 'offline' || this.kind === 'timeout' || this.kind === 'unavailable'
  }
}

/** The kind of failure that an HTTP status stands for. */
export function kindOfStatus(status: number): FailureKind {
  if (status === 401) return 'signedOut'
  if (status === 403) return 'forbidden'
  if (status === 409) return 'conflict'
  if (status === 404 || status === 410) return 'notFound'
  if (status === 400 || status === 422) return 'invalid'
  if (status === 429) return 'tooMany'
  if (status === 502 || status === 503 || status === 504) return 'unavailable'
  return 'unexpected'
}
