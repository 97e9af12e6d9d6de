import type { Dossier } from '../../src/request/dossier.ts';
import { aReviewed, type Story } from '../helpers/records.ts';

export const aDossier = (story: Story = {}): Dossier => aReviewed(story).dossier;

/** `count` dossiers whose request ids are `q-1`, `q-2`, … */
export const someDossiers = (count: number): Dossier[] =>
  Array.from({ length: count }, (_, index) => aDossier({ id: `q-${index + 1}` }));

/** One assessment as a well-behaved model writes it. */
export const rating = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  summary: 'Patching of a web server.',
  anomaly_flags: [],
  risk: 'low',
  comment: 'Routine change with a ticket.',
  ...over,
});

export const ratingsFor = (slots: readonly string[], over: Record<string, unknown> = {}): string =>
  JSON.stringify(Object.fromEntries(slots.map((slot) => [slot, rating(over)])));
