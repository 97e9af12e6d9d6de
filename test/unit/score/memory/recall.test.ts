/** What the key of a remembered assessment depends on, and what it does not. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessContext } from '../../../../src/domain/access_context.ts';
import type { AccessRequest } from '../../../../src/domain/access_request.ts';
import type { Scored } from '../../../../src/domain/assessment.ts';
import type { Dossier } from '../../../../src/domain/dossier.ts';
import { enrich } from '../../../../src/enrich/enrich.ts';
import { openScreening } from '../../../../src/enrich/screen_texts.ts';
import { type Among, type Asking, type Kept, keyOf, remembering } from '../../../../src/score/memory/recall.ts';
import { slotted, userMessage } from '../../../../src/score/payload.ts';
import { examples } from '../../../suite/property_runs.ts';
import { aDossier, anAccessContext, treated } from '../dossiers.ts';

const DAY = 86_400_000;
const ASKING: Asking = {
  model: 'gpt-test',
  endpoint: 'https://model.example/v1',
  prompts: { system: 'Assess.', digest: 'digest' },
  context: { windowDays: 30, agentUser: 'svc-portcullis' },
  confidenceNeeded: true,
};
const key = (dossier: Dossier, asking = ASKING) => keyOf({ dossier }, asking);
/** What the model would read of it, alone in a question. */
const seen = (dossier: Dossier) => userMessage(slotted([dossier]), ASKING.context);

/** The facts as a run at that moment has them. */
const asOf = async (now: number, requests: readonly AccessRequest[]): Promise<Dossier[]> =>
  enrich(requests, {
    now,
    agentUsers: ['svc-portcullis'],
    rejectedByUs: () => false,
    officeHours: { start: 18, end: 8, timeZone: 'UTC' },
    looksUp: () => false,
    assets: { asset: () => Promise.reject(new Error('not asked')) },
    concurrency: 1,
    signal: new AbortController().signal,
  });

describe('the key', () => {
  const story = fc.record({
    status: fc.constantFrom('Active', 'Approved', 'Rejected', 'Completed', 'Odd'),
    operation: fc.constantFrom('AssetUnlock', 'AssetView'),
    justification: fc.string({ maxLength: 6 }),
    requestor: fc.constantFrom('anna', 'ben'),
    asset: fc.constantFrom('srv-1', 'srv-2'),
    levels: fc.integer({ min: 1, max: 3 }),
    exclusive: fc.boolean(),
    facts: fc.record({
      daysSinceCreated: fc.integer({ min: 0, max: 40 }),
      daysSinceApproved: fc.integer({ min: 0, max: 40 }),
      requestorFrequency: fc.integer({ min: 1, max: 120 }),
      offHours: fc.boolean(),
      own: fc.boolean(),
    }),
  });

  test('differs exactly when the model would see something else', () => {
    fc.assert(
      fc.property(story, story, fc.uuid(), fc.uuid(), (one, other, id, otherId) => {
        const [a, b] = [aDossier({ ...one, id }), aDossier({ ...other, id: otherId })];
        expect(key(a) === key(b)).toBe(seen(a) === seen(b));
      }),
      { numRuns: examples(300) },
    );
  });

  test('differs with one byte more or less of a text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40 }), (added) => {
        const [a, b] = [aDossier({ justification: 'CHG1' }), aDossier({ justification: `CHG1${added}` })];
        expect(key(a) === key(b)).toBe(seen(a) === seen(b));
      }),
    );
    expect(key(aDossier({ justification: 'a' }))).not.toBe(key(aDossier({ justification: 'b' })));
  });

  test.each<[string, Asking]>([
    ['the model', { ...ASKING, model: 'gpt-other' }],
    ['the endpoint', { ...ASKING, endpoint: 'https://other.example/v1' }],
    ['the prompts', { ...ASKING, prompts: { system: 'Assess.', digest: 'other' } }],
    ['the length of the window', { ...ASKING, context: { ...ASKING.context, windowDays: 31 } }],
    ["the agent's own name", { ...ASKING, context: { ...ASKING.context, agentUser: null } }],
  ])('differs with %s', (_, other) => {
    expect(key(aDossier(), other)).not.toBe(key(aDossier()));
  });

  test('differs with the model that reads what is settled, for what is settled alone', () => {
    const other: Asking = { ...ASKING, sharedModel: 'gpt-cheap' };
    const [open, settled] = [aDossier({ status: 'Active' }), aDossier({ status: 'Completed' })];
    expect(key(open, other)).toBe(key(open));
    expect(key(settled, other)).not.toBe(key(settled));
  });

  test('differs with the copy that screening made of a text', () => {
    const [one, other] = [treated('copy'), treated('another copy')].map((texts) =>
      keyOf({ dossier: aDossier(), texts }, ASKING),
    );
    expect(one).not.toBe(other);
  });

  test('differs with what the policy says about it', () => {
    const dossier = aDossier();
    const about = (part: Partial<AccessContext>) => keyOf({ dossier, accessContext: anAccessContext(part) }, ASKING);
    expect(about({})).toBe(about({}));
    for (const part of [{ maxHours: 336 }, { entitlement: 'lab:admin' }, { classes: ['lab'] }, { inRole: false }]) {
      expect(about(part)).not.toBe(about({}));
    }
    expect(about({ owner: 'somebody else' })).toBe(about({}));
  });

  test('of what has ended is the same for as long as it lies in the window, whatever else arrives', async () => {
    const { request } = aDossier({ status: 'Completed' });
    const later = fc.integer({ min: 0, max: 30 * 24 });
    await fc.assert(
      fc.asyncProperty(later, fc.integer({ min: 0, max: 40 }), async (hours, others) => {
        const more = Array.from({ length: others }, (_, i) => ({ ...request, id: `more-${i}` }));
        const [then] = await asOf(request.created, [request]);
        const [now] = await asOf(request.created + hours * 3_600_000, [request, ...more]);
        expect(key(now as Dossier)).toBe(key(then as Dossier));
      }),
      { numRuns: examples(30) },
    );
  });

  test('of what waits changes twice in a month', async () => {
    const { request } = aDossier({ status: 'Active' });
    const days = Array.from({ length: 31 }, (_, day) => day);
    const keys = await Promise.all(
      days.map(async (day) => key((await asOf(request.created + day * DAY, [request]))[0] as Dossier)),
    );
    expect(keys.map((one) => keys.indexOf(one))).toEqual(days.map((day) => (day < 7 ? 0 : day < 30 ? 7 : 30)));
  });
});

describe('what is remembered', () => {
  const SCORED: Scored = {
    kind: 'scored',
    risk: 'low',
    normalised: false,
    flags: ['off_hours'],
    confidence: 0.9,
    summary: 'Patching of a web server, with a ticket.',
    comment: 'Routine change with a ticket.',
  };
  const memoryOf = () => {
    const kept = new Map<string, Kept>();
    return {
      kept,
      recall: (name: string) => kept.get(name) ?? null,
      recallRequest: (request: string) => [...kept.values()].find((one) => one.request === request) ?? null,
      keep: (name: string, one: Kept) => kept.set(name, one),
    };
  };
  const opened = (memory: ReturnType<typeof memoryOf>, suspicious: boolean, dossier: Dossier, acted = false) =>
    remembering(memory as unknown as Parameters<typeof remembering>[0], ASKING, {
      screened: new Map([[dossier.request.id, { ...openScreening(new Set())(dossier.request), suspicious }]]),
      accessContexts: new Map(),
      acted: () => acted,
    });

  test('comes back, and says that it was remembered', () => {
    const [memory, dossier] = [memoryOf(), aDossier({ status: 'Completed' })];
    expect(opened(memory, false, dossier).recall(dossier)).toBeNull();
    opened(memory, false, dossier).keep(dossier, SCORED, 'others');
    expect(opened(memory, false, dossier).recall(dossier)).toEqual({ ...SCORED, remembered: true });
  });

  test('does not come back to an open request without a confidence, unless none is needed', () => {
    const unsure = { ...SCORED, confidence: null };
    for (const [status, needed, back] of [
      ['Active', true, false],
      ['Approved', true, false],
      ['Completed', true, true],
      ['Active', false, true],
    ] as const) {
      const [memory, dossier] = [memoryOf(), aDossier({ status })];
      const screened = new Map([[dossier.request.id, openScreening(new Set())(dossier.request)]]);
      const asking = { ...ASKING, confidenceNeeded: needed };
      const remembered = remembering(memory as unknown as Parameters<typeof remembering>[0], asking, {
        screened,
        accessContexts: new Map(),
      });
      remembered.keep(dossier, unsure, 'nobody');
      expect(remembered.recall(dossier) !== null, `${status}, ${needed}`).toBe(back);
    }
  });

  test.each([
    ['Active', false, { others: false, own: true, nobody: true }],
    ['Active', true, { others: false, own: false, nobody: true }],
    ['Completed', false, { others: true, own: true, nobody: true }],
    ['Approved', true, { others: false, own: false, nobody: true }],
    ['Completed', true, { others: true, own: true, nobody: true }],
  ] as const)(
    'of what is %s (suspicious: %s) comes back when nobody too many was in the question',
    (status, suspicious, back) => {
      for (const [among, expected] of Object.entries(back)) {
        const [memory, dossier] = [memoryOf(), aDossier({ status })];
        opened(memory, false, dossier).keep(dossier, SCORED, among as Among);
        expect(opened(memory, suspicious, dossier).recall(dossier) !== null, among).toBe(expected);
      }
    },
  );

  test('that was made alone is not replaced by one about the same words that was not', () => {
    const [memory, dossier] = [memoryOf(), aDossier()];
    opened(memory, true, dossier).keep(dossier, SCORED, 'nobody');
    opened(memory, false, dossier).keep(dossier, { ...SCORED, risk: 'high' }, 'own');
    expect(opened(memory, true, dossier).recall(dossier)).toMatchObject({ risk: 'low' });
  });

  test('is no answer whose risk was none of our words', () => {
    const [memory, dossier] = [memoryOf(), aDossier()];
    opened(memory, false, dossier).keep(dossier, { ...SCORED, normalised: true }, 'nobody');
    expect(memory.kept.size).toBe(0);
  });

  test('is made fit to be shown again where it can still become a comment in the vault', () => {
    const edited = { ...SCORED, comment: 'Please approve it: www.example.com', summary: 'Approved by the CISO.' };
    const [memory, dossier] = [memoryOf(), aDossier({ status: 'Active' })];
    opened(memory, false, dossier).keep(dossier, edited, 'nobody');
    expect(opened(memory, false, dossier).recall(dossier)).toMatchObject({
      comment: '',
      summary: expect.stringContaining('not shown'),
    });
  });

  const became = (before: Dossier, part: Partial<AccessRequest>): Dossier => ({
    ...before,
    request: { ...before.request, ...part },
  });

  test.each([
    ['is granted by us', 'Approved', true, true],
    ['was refused', 'Rejected', false, true],
    ['was withdrawn', 'Completed', false, true],
    ['waits for its second level after our yes', 'Active', true, true],
    ['is granted by somebody else, and may be closed', 'Approved', false, false],
    ['waits, with other facts', 'Active', false, false],
  ])('of an open request comes back by its id and text when it %s', (_what, status, acted, back) => {
    const [memory, open] = [memoryOf(), aDossier({ id: 'q', status: 'Active', levels: 2 })];
    opened(memory, false, open).keep(open, SCORED, 'own');
    const now = became(open, { status, level: 2, levels: 2, exclusive: true });
    expect(opened(memory, false, now, acted).recall(now) !== null).toBe(back);
  });

  test.each([
    ['another id', { id: 'other' }],
    ['another text', { justification: 'Something else, CHG9999.' }],
  ])('does not come back by the request with %s', (_what, part) => {
    const [memory, open] = [memoryOf(), aDossier({ id: 'q', status: 'Active' })];
    opened(memory, false, open).keep(open, SCORED, 'own');
    const now = became(open, { status: 'Completed', ...part });
    expect(opened(memory, false, now).recall(now)).toBeNull();
  });

  test('of a confirmation comes back for the same facts, and by facts alone whatever the text says', () => {
    const [memory, dossier] = [memoryOf(), aDossier()];
    const considered = { dossier, accessContext: anAccessContext({}) };
    opened(memory, false, dossier).keepConfirmation('facts-only', considered, { ...SCORED, risk: 'medium' });
    const rewritten = aDossier({ justification: 'Other words.' });
    const again = (other: Dossier, accessContext = considered.accessContext) =>
      opened(memory, false, other).recallConfirmation('facts-only', { dossier: other, accessContext });
    expect(again(rewritten)).toMatchObject({ risk: 'medium', remembered: true });
    expect(again(dossier, anAccessContext({ maxHours: 1 }))).toBeNull();
    expect(opened(memory, false, dossier).recallConfirmation('single', considered)).toBeNull();
    // The usual reading is another question.
    expect(opened(memory, false, dossier).recall(dossier)).toBeNull();
  });

  test('says when a second answer bore it out', () => {
    const [memory, dossier] = [memoryOf(), aDossier()];
    opened(memory, false, dossier).keepBorneOut(dossier, SCORED);
    expect(memory.kept.size).toBe(0);
    opened(memory, false, dossier).keep(dossier, SCORED, 'own');
    opened(memory, false, dossier).keepBorneOut(dossier, SCORED);
    expect(opened(memory, false, dossier).recall(dossier)).toEqual({ ...SCORED, borneOut: true, remembered: true });
  });

  test('without the confidence that is needed gives way to the next answer, made in whichever circle', () => {
    const [memory, dossier] = [memoryOf(), aDossier()];
    opened(memory, false, dossier).keep(dossier, { ...SCORED, confidence: null }, 'nobody');
    opened(memory, false, dossier).keep(dossier, SCORED, 'own');
    expect(opened(memory, false, dossier).recall(dossier)).toMatchObject({ confidence: 0.9 });
  });

  test.each([
    ['its risk was none of our words', { normalised: true }],
    ['it came without the confidence that is needed', { confidence: null }],
  ])('of a second question is nothing when %s: the next one may be better', (_what, part) => {
    const [memory, dossier] = [memoryOf(), aDossier()];
    const second = { ...SCORED, risk: 'medium', ...part } as const;
    opened(memory, false, dossier).keepConfirmation(
      'facts-only',
      { dossier, accessContext: anAccessContext({}) },
      second,
    );
    expect(memory.kept.size).toBe(0);
    opened(memory, false, dossier).keep(dossier, SCORED, 'own');
    opened(memory, false, dossier).keepBorneOut(dossier, second);
    expect(opened(memory, false, dossier).recall(dossier)).not.toHaveProperty('borneOut');
  });
});
