// Tests that are the steps of one story: after one has failed the others would only fail in its wake.
import { it } from 'node:test'

/** An `it` whose steps are left out after the first that failed. */
export function steps() {
  let broken = false
  return (name, step) =>
    it(name, async t => {
      if (broken) return t.skip('a step before failed')
      try {
        await step(t)
      } catch (error) {
        broken = true
        throw error
      }
    })
}
