/** What version 0.1 left behind goes on being used: runs, plans, reports, ledgers and the policy folder. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { backtest } from '../../src/analysis/backtest/backtest.ts';
import { explain } from '../../src/analysis/explain/explain.ts';
import { explanationText } from '../../src/analysis/explain/explain_text.ts';
import { findRequest } from '../../src/analysis/explain/find.ts';
import { readPastActions } from '../../src/analysis/replay/past_actions.ts';
import { settingsOfRun } from '../../src/analysis/replay/replay.ts';
import { capKeys } from '../../src/decide/decide_all.ts';
import { openActionHistory } from '../../src/ledger/action_history.ts';
import { anchorsIn } from '../../src/ledger/anchors.ts';
import { exportLedger } from '../../src/ledger/export.ts';
import { rangeOf } from '../../src/ledger/range.ts';
import { readLedger } from '../../src/ledger/read_ledger.ts';
import { ledgerKeyOf } from '../../src/ledger/seal.ts';
import { verifyLedger } from '../../src/ledger/verify.ts';
import { heldBackOf } from '../../src/phrases/held_back.ts';
import { PLAN_VERSION, planDigest } from '../../src/plan/plan.ts';
import { readPlan, writePlan } from '../../src/plan/plan_file.ts';
import { refuseUnfit, refuseUnrecorded } from '../../src/plan/refusals.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { lastRecord, openRunArchive } from '../../src/store/run_archive.ts';
import { fakeClock, tempFolder } from '../helpers/requests.ts';
import { RUNS_OF_01, V01 } from '../helpers/v01.ts';
import { OPEN } from '../unit/decide/open_caps.ts';

const archive = openRunArchive(V01, 1000);
const policy = await loadPolicy(join(V01, 'policy'));
const KEY = ledgerKeyOf('a key of 0.1 that everybody may know');
const { demo, planned } = RUNS_OF_01;

const loaded = async (runId: string) => {
  const record = await archive.load(runId);
  if (record === null) throw new Error(`${runId} cannot be read`);
  return record;
};

describe('A run of 0.1', () => {
  test.each([
    ['the demonstration', demo],
    ['a plan', planned],
  ])('is explained, request for request, by what it decided: %s', async (_what, runId) => {
    const past = await readPastActions(tempFolder());
    const record = await loaded(runId);
    expect(record.reviewed.length).toBeGreaterThan(30);
    for (const { dossier, decision } of record.reviewed) {
      const found = await findRequest(archive, dossier.request.id, runId);
      if (!('record' in found)) throw new Error('the run knew it');
      const about = explain(found, policy, past);
      expect(about.policy.same).toBe(true);
      expect(about.today).toEqual(decision);
      expect(about.replayed).toBe(true);
      expect(explanationText(about)).toContain('the same verdict for the same reasons');
    }
  });

  test.each([demo, planned])('is replayed, and comes to what it came to but for its caps: %s', async (runId) => {
    const record = await loaded(runId);
    const acted = record.reviewed.filter(({ decision }) => decision.verdict !== 'hold');
    const result = await backtest({
      archive: { ids: async () => [runId], load: archive.load },
      span: { from: record.startedAt - 1, to: record.startedAt + 1 },
      ...{ policy, trial: null, settings: settingsOfRun(record), caps: OPEN, rescore: null, promoteAt: 0.9 },
    });
    expect(result?.passedOver).toEqual([]);
    const held = heldBackOf(record.reviewed).map(({ reviewed, action }) => [reviewed.dossier.request.id, action]);
    const wanted = [...acted.map(({ dossier, decision }) => [dossier.request.id, decision.verdict]), ...held];
    expect(result?.affected.map((one) => [one.id, one.new]).sort()).toEqual(wanted.sort());
    expect(wanted.length).toBeGreaterThan(3);
  });

  test('is the last one that is known, for emergency access and the health of the daemon', async () => {
    expect(await lastRecord(archive)).toMatchObject({ runId: planned, verdict: 'done', breakGlass: [] });
    expect((await archive.loadHead(RUNS_OF_01.everyRule))?.verdict).toBe('ledger-not-trusted');
  });
});

describe('A plan of 0.1', () => {
  const file = join(V01, 'plan.json');
  const now = Date.parse(JSON.parse(readFileSync(file, 'utf8')).created) + 1000;

  test('is read in the form of today, and fits the run that prepared it', async () => {
    const plan = await readPlan(file);
    expect(plan).toMatchObject({ schema_version: PLAN_VERSION, run_id: planned, digest: planDigest(plan) });
    expect(plan.entries.flatMap(({ confirmations }) => confirmations)).toEqual([
      { kind: 'facts-only', risk: 'low' },
      { kind: 'single', risk: 'critical' },
    ]);
    const record = await loaded(planned);
    const { policy: policyDigest, prompts: promptDigest } = record.digests;
    refuseUnfit(plan, { vaultUrl: record.vaultUrl, policyDigest, promptDigest, now, expiryMs: 3_600_000 });
    refuseUnrecorded(plan, record, capKeys);
    // Written again it is of today, and still the same plan.
    const again = join(tempFolder(), 'plan.json');
    await writePlan(again, plan);
    expect(await readPlan(again)).toEqual(plan);
  });

  const here = { vaultUrl: '', policyDigest: '', promptDigest: '', now, expiryMs: 3_600_000 };
  test.each<[string, (text: string) => string]>([
    ['another action', (text) => text.replace('"action": "reject"', '"action": "approve"')],
    ['another vote', (text) => text.replace('"blind"', '"solo"')],
    [
      'another digest',
      (text) =>
        text.replace(/"digest": "./, (all) => (all.endsWith('0') ? `${all.slice(0, -1)}1` : `${all.slice(0, -1)}0`)),
    ],
  ])('that was altered stays altered: %s', async (_what, edit) => {
    const text = readFileSync(file, 'utf8');
    const edited = edit(text);
    expect(edited).not.toBe(text);
    const altered = join(tempFolder(), 'plan.json');
    writeFileSync(altered, edited);
    const plan = await readPlan(altered);
    expect(() => refuseUnfit(plan, here)).toThrow(/altered/);
  });

  test('cannot be given the digest that it would have today', async () => {
    const folder = tempFolder();
    const { digest } = await readPlan(file);
    writeFileSync(join(folder, 'p.json'), JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), digest }));
    const plan = await readPlan(join(folder, 'p.json'));
    expect(() => refuseUnfit(plan, here)).toThrow(/altered/);
  });
});

describe('A ledger of 0.1', () => {
  const plain = join(V01, 'plain');
  const copyOf = (name: string): string => {
    const state = tempFolder();
    cpSync(join(V01, name), state, { recursive: true });
    return state;
  };
  const entriesIn = async (stateDir: string, key = KEY) => {
    const kinds: string[] = [];
    await readLedger(stateDir, { key, visit: ({ kind }) => void kinds.push(kind) });
    return kinds;
  };

  test('is whole by its own snapshot and by the report that tells of it', async () => {
    const anchors = await anchorsIn({ stateDir: plain, reportDir: join(V01, 'reports') });
    expect(anchors.map(({ source }) => source.slice(-26))).toEqual([
      expect.stringContaining('agent_state.json'),
      expect.stringContaining('2026-11-30T18-25-54Z.json'),
    ]);
    expect(await verifyLedger({ stateDir: plain, key: null, anchors })).toMatchObject({ whole: true, anchors });
    // A ledger that ends before the entry which the report knows of was cut.
    const [, ofReport] = anchors;
    const cut = copyOf('plain');
    const lines = readFileSync(join(cut, 'ledger/2026-11.jsonl'), 'utf8').split('\n');
    writeFileSync(join(cut, 'ledger/2026-11.jsonl'), `${lines.slice(0, (ofReport?.entries ?? 0) - 1).join('\n')}\n`);
    expect(await verifyLedger({ stateDir: cut, key: null, anchors: ofReport ? [ofReport] : [] })).toMatchObject({
      whole: false,
      finding: 'cut',
    });
  });

  test('has its kinds by the names of today, and goes on under them', async () => {
    const state = copyOf('keyed');
    const old = await entriesIn(state);
    expect(old).toEqual(
      expect.arrayContaining(['ledger.opened', 'ledger.mended', 'ledger.keyed', 'actions.imported', 'run.finished']),
    );
    const history = await openActionHistory(state, fakeClock(), { key: KEY });
    expect([history.acted('known-1', 'approve'), history.acted('req-1', 'approve')]).toEqual([true, true]);
    expect(history.acted('req-2', 'approve')).toBe(false);
    await history.note([{ kind: 'ledger.keyed', run: null, data: { by: 'mia', reason: 'again' } }]);
    await history.save(true);
    expect(await entriesIn(state)).toEqual([...old, 'ledger.keyed']);
    expect(await verifyLedger({ stateDir: state, key: KEY, anchors: [] })).toMatchObject({ whole: true });
  });

  test('that a person had begun anew says so, and heads from before it count for nothing', async () => {
    const restarted = join(V01, 'restarted');
    expect(await verifyLedger({ stateDir: restarted, key: KEY, anchors: [] })).toMatchObject({
      whole: true,
      restarted: { by: 'mia', reason: 'INC-7' },
    });
    const head = { entries: 999, seal: `sha256:${'0'.repeat(64)}` };
    const reportDir = tempFolder();
    mkdirSync(reportDir, { recursive: true });
    const report = (finished: string) => JSON.stringify({ run: { finished_at: finished }, ledger: head });
    writeFileSync(join(reportDir, '2026-10-01T00-00-00Z.json'), report('2026-10-01T00:00:00.000Z'));
    expect(await anchorsIn({ stateDir: restarted, reportDir })).toHaveLength(1);
    writeFileSync(join(reportDir, '2026-10-06T00-00-00Z.json'), report('2026-10-06T00:00:00.000Z'));
    expect(await anchorsIn({ stateDir: restarted, reportDir })).toHaveLength(2);
  });

  test.each(['csv', 'json'] as const)('is exported byte for byte as 0.1 did it, as %s', async (format) => {
    const at = { stateDir: join(V01, 'keyed'), key: KEY, anchors: [] };
    const range = rangeOf('2026-10-01', '2026-10-31');
    const of = (kinds: readonly string[]) => exportLedger(at, { range, kinds, format });
    const asThen = await of(['record.opened', 'record.mended', 'record.keyed', 'memory.imported', 'action.done']);
    expect(asThen.text).toBe(readFileSync(join(V01, `keyed.${format}`), 'utf8'));
    // The names of today pick the same entries.
    const asNow = await of(['ledger.opened', 'ledger.mended', 'ledger.keyed', 'actions.imported', 'action.done']);
    expect(asNow.entries).toBe(asThen.entries);
    expect(asNow.text.replace(/"kinds":\[.*?\]/, '')).toBe(asThen.text.replace(/"kinds":\[.*?\]/, ''));
  });
});
