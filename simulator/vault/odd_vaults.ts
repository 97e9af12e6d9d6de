/** Vaults that differ from the documented one in a way that was seen somewhere, by name: for tests, and for users who want to see it. */
import type { FaultSpec } from '../faults.ts';
import { type KnobSettings, TIME_FORMS } from './knobs.ts';

export type OddVault = {
  readonly about: string;
  readonly knobs?: KnobSettings;
  readonly faults?: readonly FaultSpec[];
};

const ALWAYS = Number.POSITIVE_INFINITY;
const HOUR = 3_600_000;

/** Every time in that form. */
const TIMES = Object.fromEntries(
  TIME_FORMS.map((times) => [times, { about: `times as ${times.replaceAll('-', ' ')}`, knobs: { times } }]),
);

const assets = (status: number): OddVault => ({
  about: `every asset answers ${status}`,
  faults: [{ on: 'vault.asset', kind: 'status', status, times: ALWAYS }],
});

export const ODD_VAULTS: Readonly<Record<string, OddVault>> = {
  ...TIMES,
  'upper-statuses': { about: 'statuses in capitals, with blanks around them', knobs: { statusWords: 'upper' } },
  'foreign-statuses': { about: 'other words for Active and Approved', knobs: { statusWords: 'foreign' } },
  'assets-403': assets(403),
  'assets-404': assets(404),
  'assets-500': assets(500),
  'clock-ahead': { about: 'a clock three hours ahead', knobs: { clockAheadMs: 3 * HOUR } },
  'clock-behind': { about: 'a clock three hours behind', knobs: { clockAheadMs: -3 * HOUR } },
  'clock-years-behind': { about: 'a clock two years behind', knobs: { clockAheadMs: -2 * 365 * 24 * HOUR } },
  'many-tags': { about: 'a hundred thousand tags on every asset', knobs: { moreTags: 100_000 } },
  'deep-tags': { about: 'a tag that is a list nested a thousand deep', knobs: { moreTags: -1 } },
  'deep-fields': { about: 'lists nested a thousand deep in some requests', knobs: { oddFields: 'deep' } },
  'long-fields': { about: 'a justification of a million characters in some requests', knobs: { oddFields: 'long' } },
};
