/** Server-sent events of a path of the shop, read with the visitor's own name, which the browser's EventSource cannot do. */
import { session } from './session'

/** Puts the parts of a stream together to the data of its events; what is not finished waits for the rest. */
export function eventReader(onData: (data: string) => void) {
  let pending = ''
  return (part: string) => {
    pending += part
    const events = pending.split(/\r\n\r\n|\n\n|\r\r/)
    pending = events.pop() ?? ''
    for (const event of events) {
      const data = event
        .split(/\r\n|\n|\r/)
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).replace(/^ /, ''))
      if (data.length > 0) onData(data.join('\n'))
    }
  }
}

/**
 * Follows a path's events until it ends or the signal fires.
 *
 * @throws {Error} when there is no such stream, or it breaks.
 */
export async function follow(
  path: string,
  onData: (data: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const token = session.value.open ? session.value.token : null
  const response = await fetch(path, {
    headers: { Accept: 'text/event-stream', ...(token !== null && { Authorization: `Bearer ${token}` }) },
    signal,
  })
  if (!response.ok || !response.body) throw new Error(`No events: ${response.status}.`)
  const read = eventReader(onData)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    read(value)
  }
}
