/** What the model says beside its rating, in whole runs: how sure it is, and what it noticed. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Behaviour, ModelCall } from '../../simulator/model/call.ts';
import type { Rating } from '../../simulator/model/rater.ts';
import { openPlace, ROOT, type Settings } from './place.ts';
import { byTag } from './tagged_model.ts';

type Said = Partial<Record<keyof Rating, unknown>>;
/** Rates by tag, and says this besides: in the first reading, and in what confirms it. */
const saying =
  (first: Said, confirming: Said = {}): Behaviour =>
  async (call: ModelCall, rated) => {
    const answer = await byTag(call, rated);
    if (typeof answer !== 'object' || !('ratings' in answer)) throw new Error('no ratings');
    const more = call.mode === 'review' ? first : confirming;
    const entries = Object.entries(answer.ratings).map(([slot, one]) => [slot, { ...(one as Rating), ...more }]);
    return { ratings: Object.fromEntries(entries) };
  };

/** Policies of version 0.1 know nothing of all this. */
const FOLDERS: Readonly<Record<string, Settings>> = {
  'the shipped policies': {},
  'a policy folder of version 0.1': { POLICY_DIR: join(ROOT, 'test/data/v01/policy') },
};

type Given = { readonly behaviour: Behaviour; readonly settings?: Settings | undefined };

async function ran({ behaviour, settings }: Given) {
  await using place = await openPlace({ model: { behaviour } });
  const low = place.request('a low one', 'low');
  const critical = place.request('a critical one', 'critical');
  const { record, report, json, code } = await place.run({ settings: settings ?? {} });
  const of = (id: string) => {
    const found = record.reviewed.find(({ dossier }) => dossier.request.id === id);
    if (found === undefined) throw new Error(`${id} is not in the record`);
    return found;
  };
  return { acts: place.acts().sort(), low: of(low.id), critical: of(critical.id), record, report, json, code };
}

const BOTH = ['approve a low one', 'reject a critical one'];

describe.concurrent.each(Object.entries(FOLDERS))('with %s', (_name, settings) => {
  test('a sure model that noticed nothing is acted on', async () => {
    const { acts, code } = await ran({ behaviour: saying({}), settings });
    expect(acts).toEqual(expect.arrayContaining(BOTH));
    expect(code).toBe(0);
  });

  test.each<[string, Said, Said]>([
    ['is not sure', { confidence: 0.84 }, {}],
    ['is not sure when it is asked again', {}, { confidence: 0.84 }],
    ['says nothing about that', { confidence: undefined }, {}],
    ['says nothing about that when it is asked again', {}, { confidence: undefined }],
    ['says it in percent', { confidence: 95 }, { confidence: 95 }],
    ['says it as a text', { confidence: '0.95' }, { confidence: '0.95' }],
  ])('nothing is approved and nothing rejected when the model %s', async (_what, first, confirming) => {
    const { acts, low, critical } = await ran({ behaviour: saying(first, confirming), settings });
    expect(acts).toEqual([]);
    expect(low.decision).toMatchObject({ verdict: 'hold', risk: 'low', needsPerson: true });
    expect(critical.decision).toMatchObject({ verdict: 'hold', risk: 'critical', needsPerson: true });
  });

  test.each(['weak_justification', 'justification_mismatch', 'Weak-Justification'])(
    '%s bars an approval and asks the requestor',
    async (flag) => {
      const { acts, low } = await ran({ behaviour: saying({ anomaly_flags: [flag] }), settings });
      expect(acts).not.toContain('approve a low one');
      expect(low.decision).toMatchObject({ risk: 'low', next: { kind: 'request_info', to: 'requestor' } });
    },
  );

  test.each<[string, Said, Said]>([
    ['the first reading', { anomaly_flags: ['injection_suspected'] }, {}],
    ['the confirmation', {}, { anomaly_flags: ['injection_suspected'] }],
  ])(
    'injection_suspected in %s bars an approval, makes it high and goes to security',
    async (_where, first, confirming) => {
      const { acts, low } = await ran({
        behaviour: saying(first, confirming),
        settings: { ...settings, RISK_THRESHOLD_APPROVE: 'high' },
      });
      expect(low.dossier.texts.suspicious).toBe(false);
      expect(acts).not.toContain('approve a low one');
      expect(low.decision).toMatchObject({ risk: 'high', floor: 'high', next: { kind: 'escalate', to: 'security' } });
    },
  );
});

describe.concurrent('the report of a run', () => {
  test('names the missing confidence once, with how many requests lack it', async () => {
    const { record, report, code } = await ran({ behaviour: saying({ confidence: undefined }) });
    const named = record.problems.filter(({ message }) => message.includes('confidence'));
    expect(named).toHaveLength(1);
    const open = record.reviewed.filter(({ dossier }) => ['Active', 'Approved'].includes(dossier.request.status));
    expect(named[0]?.message).toMatch(new RegExp(`about ${open.length} requests without a confidence from 0 to 1`));
    expect(report).toContain('without a confidence');
    expect(record.verdict).toBe('done-with-problems');
    expect(code).not.toBe(0);
  });

  test('shows the lowest confidence, in its twin as well, and who decides instead', async () => {
    const { report, json, low } = await ran({ behaviour: saying({}, { confidence: 0.6 }) });
    expect(report).toMatch(/confidence 0\.95; facts-only reading: confidence 0\.6/);
    expect(report).toContain('the model was not sure: 0.6 where 0.85 is needed');
    expect(low.decision.next).toMatchObject({ kind: 'escalate' });
    const twin = (json.requests as { id: string; decision: object; assessment: object; confirmation: object }[]).find(
      ({ id }) => id === low.dossier.request.id,
    );
    expect(twin).toMatchObject({
      assessment: { confidence: 0.95 },
      confirmation: { confidence: 0.6, agreed: false },
      decision: { confidence: 0.6 },
    });
  });

  test('says nothing of it while CONFIDENCE_THRESHOLD is 0, and acts', async () => {
    const { acts, record } = await ran({
      behaviour: saying({ confidence: undefined }, { confidence: undefined }),
      settings: { CONFIDENCE_THRESHOLD: '0' },
    });
    expect(acts).toEqual(expect.arrayContaining(BOTH));
    expect(record.problems).toEqual([]);
  });
});

describe.concurrent('what is remembered', () => {
  test('keeps how sure the model was; what it did not say is asked for again', async () => {
    await using place = await openPlace({ model: { behaviour: saying({ confidence: 0.6 }) } });
    const low = place.request('a low one', 'low');
    await place.run();
    const asked = () => place.sim.model.calls.filter(({ user }) => user.includes('[low] Replace the toner')).length;
    expect(asked()).toBe(1);
    const { record } = await place.run();
    expect(asked()).toBe(1);
    const found = record.reviewed.find(({ dossier }) => dossier.request.id === low.id);
    expect(found?.assessment).toMatchObject({ confidence: 0.6, remembered: true });
    expect(place.acts()).toEqual([]);
  });

  test('does not keep a request waiting for a confidence that came in the next run', async () => {
    await using place = await openPlace({ model: { behaviour: saying({ confidence: undefined }) } });
    place.request('a low one', 'low');
    await place.run();
    expect(place.acts()).toEqual([]);
    place.sim.model.behaviour = saying({});
    await place.run();
    expect(place.acts()).toContain('approve a low one');
  });
});

describe.concurrent('a window', () => {
  test.each([
    [336, 'long as its class allows', ['approve a fortnight in the laboratory']],
    [72, 'longer than its class allows', []],
  ])('with a limit of %i hours, %s', async (hours, _what, acts) => {
    await using place = await openPlace({ model: { behaviour: 'rate' } });
    const policy = join(place.folder, 'policy');
    cpSync(join(ROOT, 'policy'), policy, { recursive: true });
    const access = readFileSync(join(policy, 'access.yml'), 'utf8');
    expect(access).toMatch(/max_hours: 72/);
    writeFileSync(join(policy, 'access.yml'), access.replaceAll('max_hours: 72', `max_hours: ${hours}`));
    const created = place.now() - 3_600_000;
    place.request('a fortnight in the laboratory', 'low', {
      message: 'Compare both builds of the image service for the release, CHG0041234',
      ...{ created, requestedFrom: created, requestedTo: created + 14 * 24 * 3_600_000 },
    });
    await place.run({ settings: { POLICY_DIR: policy } });
    expect(place.acts().filter((act) => act.includes('fortnight'))).toEqual(acts);
    const asked = place.sim.model.calls.flatMap(({ question }) => Object.values(question?.requests ?? {}));
    const about = asked.filter(({ facts }) => facts.requested_hours === 336);
    expect(new Set(about.map(({ facts }) => facts.class_max_hours))).toEqual(new Set([hours]));
    expect(about.length).toBeGreaterThanOrEqual(acts.length === 0 ? 1 : 2);
  });
});
