import { RequestFailed } from '@/api/problem'

import { useText } from './useText'

/** Says in the visitor's language what went wrong. */
export function useFailureText() {
  const { t } = useText()
  return (failure: unknown): string =>
    failure instanceof RequestFailed ? t.value.errors[failure.kind] : t.value.errors.unexpected
}
