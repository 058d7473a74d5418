/** What the scripts know of the running shop. */

export const BASE_URL = process.env.BASE_URL ?? 'http://127.0.0.1:8080'
const POLL_MS = 2_000
const DEADLINE_MS = 600_000

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
async function ask(path) {
  const answer = await fetch(`${BASE_URL}/api/catalog/${path}`)
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return answer.json()
}

/** The address of a product that is well liked. */
export async function productPath() {
  const { items } = await ask('products?sort=rating&page_size=1')
  return `/de/products/${items[0].slug}`
}

/** Waits until the shop has drawn its pictures: a fresh one goes on with that in the background. */
export async function pictured() {
  const deadline = Date.now() + DEADLINE_MS
  while (!(await allPictured())) {
    if (Date.now() > deadline) throw new Error('The shop still lacks pictures.')
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

async function allPictured() {
  let token = ''
  do {
    const { items, next_page_token } = await ask(`products?page_size=100${token}`)
    for (const { id, image } of items) {
      if (!image || (await ask(`products/${id}`)).images.length < 2) return false
    }
    token = next_page_token ? `&page_token=${encodeURIComponent(next_page_token)}` : ''
  } while (token)
  return true
}
