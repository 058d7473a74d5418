/** How hard a password is to guess, by the same method as the identity service: 0 (anyone can) to 4. */
export type Strength = 0 | 1 | 2 | 3 | 4

let estimator: Promise<(password: string, personal: string[]) => Strength> | null = null

/** Estimates a password's strength; `personal` is what an acquaintance would try. The word lists come with the first call. */
export async function passwordStrength(password: string, personal: string[]): Promise<Strength> {
  estimator ??= loadEstimator()
  return (await estimator)(password, personal)
}

async function loadEstimator() {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  const zxcvbn = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })
  return (password: string, personal: string[]) => zxcvbn.check(password, personal).score
}
