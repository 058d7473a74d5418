/**
 * Serves the shop from its sources on a socket that was listened on before: LISTEN_FD is its descriptor. Who holds it keeps the
 * connections that come while this is not running, so it ends after IDLE_SECONDS without any.
 */
import { createServer } from 'node:http'

import { createServer as createVite } from 'vite'

const IDLE_SECONDS = Number(process.env.IDLE_SECONDS ?? Infinity)

const server = createServer((request, response) => {
  vite.middlewares(request, response)
})
const vite = await createVite({
  clearScreen: false,
  server: { middlewareMode: true, ws: { server } },
})
server.listen({ fd: Number(process.env.LISTEN_FD) })

let idleSince = Date.now()
setInterval(() => {
  server.getConnections((_, count) => {
    if (count) idleSince = Date.now()
    else if (Date.now() - idleSince >= 1000 * IDLE_SECONDS) process.exit(0)
  })
}, 1000)
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(0))
