/** Answers asked for by the boot script before the application ran, by path. */
export type EarlyRequests = Map<string, Promise<unknown>>

export const EARLY_KEY = '__prostEarly'

type EarlyWindow = { [EARLY_KEY]?: EarlyRequests }

/** Makes the place where the boot script leaves its answers. */
export function openEarlyRequests(): EarlyRequests {
  const requests: EarlyRequests = new Map()
  ;(window as EarlyWindow)[EARLY_KEY] = requests
  return requests
}

/** Takes the early answer for a path, if one was asked for. Each is used once. */
export function takeEarly(path: string): Promise<unknown> | undefined {
  const requests = (window as EarlyWindow)[EARLY_KEY]
  const answer = requests?.get(path)
  requests?.delete(path)
  return answer
}
