/**
 * How many examples the property tests draw, and from which seed. The short check draws the same ones each time, so that
 * a failure comes from a change; `npm run test:long` draws more, and others each time.
 */

/** How many times the usual number of examples: `PROPERTY_RUNS=10`. */
export const RUNS_FACTOR = positive('PROPERTY_RUNS', 1);
/** Where all draws begin: `PROPERTY_SEED=…`. */
export const PROPERTY_SEED = positive('PROPERTY_SEED', 20_261_130);

/** The `numRuns` of a property: `usual` in the short check. */
export const examples = (usual: number): number => Math.max(1, Math.round(usual * RUNS_FACTOR));

/** @throws {Error} for what is no number: it would draw nothing, and every property would hold */
function positive(name: string, usual: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return usual;
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`${name}=${text} is no number above 0`);
  return value;
}
