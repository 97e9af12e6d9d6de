import type { AccessContext } from '../../../src/domain/access_context.ts';
import type { ConfirmCandidate } from '../../../src/domain/confirmation.ts';
import type { Dossier } from '../../../src/domain/dossier.ts';
import type { TreatedText } from '../../../src/score/payload.ts';
import { aReviewed, type Story } from '../../helpers/records.ts';
import { accessContextOf } from '../../helpers/requests.ts';

export const aDossier = (story: Story = {}): Dossier => aReviewed(story).dossier;

/** `count` dossiers whose request ids are `q-1`, `q-2`, … */
export const someDossiers = (count: number): Dossier[] =>
  Array.from({ length: count }, (_, index) => aDossier({ id: `q-${index + 1}` }));

/** One assessment as a well-behaved model writes it. */
export const rating = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
  summary: 'Patching of a web server.',
  anomaly_flags: [],
  risk: 'low',
  confidence: 0.95,
  comment: 'Routine change with a ticket.',
  ...over,
});

export const ratingsFor = (slots: readonly string[], over: Record<string, unknown> = {}): string =>
  JSON.stringify(Object.fromEntries(slots.map((slot) => [slot, rating(over)])));

/** Ordinary work of an ordinary person on a test server. */
export const anAccessContext = (part: Partial<AccessContext> = {}): AccessContext =>
  accessContextOf({
    entitlement: 'test:read',
    person: { known: true, roles: ['developer'], department: 'Engineering', manager: 'CORP\\boss' },
    maxHours: 8,
    owner: 'Platform team',
    ...part,
  });

export const aCandidate = (
  action: ConfirmCandidate['action'],
  story: Story = {},
  part: Partial<ConfirmCandidate> = {},
): ConfirmCandidate => ({
  dossier: aDossier({ status: 'Active', ...story }),
  accessContext: anAccessContext(),
  action,
  ...part,
});

/** The dossier with another person as its requestor. */
export const by = (person: string, dossier: Dossier): Dossier => ({
  ...dossier,
  request: { ...dossier.request, requestor: { id: `u-${person}`, name: person, displayName: null } },
});

export const treated = (scoring: string, part: Partial<TreatedText> = {}): TreatedText => ({
  scoring,
  suspicious: false,
  names: { requestor: 'requestor name', asset: 'asset name', form: 'form name' },
  ...part,
});
