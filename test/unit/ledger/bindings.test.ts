import { describe, expect, test } from 'vitest';
import type { Reviewed, RunRecord } from '../../../src/domain/run_record.ts';
import { Bindings, isChanged } from '../../../src/ledger/bindings.ts';
import { boundLine, RecordDigest } from '../../../src/ledger/bound_record.ts';
import type { Entry, NewEntry } from '../../../src/ledger/entry.ts';
import { anOrdinaryRun } from '../../helpers/records.ts';

const RECORD: RunRecord = { ...anOrdinaryRun(), runId: '20261120T054000000Z' };
const idOf = ({ dossier }: Reviewed): string => dossier.request.id;
const first = RECORD.reviewed[0] as Reviewed;

/** What the ledger holds of that run: `known` are the requests whose lines it holds, for the others nothing was new. */
function ledgerOf(record: RunRecord): Bindings {
  const digest = new RecordDigest(record);
  const entries: NewEntry[] = record.reviewed.map((one) => {
    const line = boundLine(one);
    digest.add(line);
    const about = { request: idOf(one), content: 'c', policy: 'p', prompts: 'q', model: null, rules: [] };
    const { verdict, risk } = one.decision;
    return { kind: 'request.decided', run: record.runId, data: { ...about, verdict, risk, line: line.digest } };
  });
  const data = { requests: digest.requests, digest: digest.value() };
  const bindings = new Bindings();
  for (const [n, entry] of [...entries, { kind: 'run.decided', run: record.runId, data } as const].entries()) {
    bindings.take({ ...entry, seq: n + 1, at: '2026-11-20T05:40:01.000Z' } as Entry);
  }
  return bindings;
}

/** As it comes back from the disk. */
const archived = (record: RunRecord): RunRecord => JSON.parse(JSON.stringify(record)) as RunRecord;
const withFirst = (change: (one: Reviewed) => Reviewed): RunRecord => {
  const copy = archived(RECORD);
  return { ...copy, reviewed: copy.reviewed.with(0, change(copy.reviewed[0] as Reviewed)) };
};
const bindings = ledgerOf(RECORD);

describe('The record of a run', () => {
  test('is true as it comes back from the disk, whatever became of its actions by then', async () => {
    expect(RECORD.reviewed.length).toBeGreaterThan(3);
    expect(await bindings.check(archived(RECORD))).toEqual({ kind: 'true' });
    const outcome = { kind: 'failed', why: 'the vault answered 500' } as const;
    expect(await bindings.check(withFirst((one) => ({ ...one, outcome })))).toEqual({ kind: 'true' });
    expect(bindings.decided(RECORD.runId, idOf(first))).toMatchObject({ verdict: first.decision.verdict });
  });

  const scored = { kind: 'scored', risk: 'low', normalised: false, flags: [], summary: '', comment: '' } as const;
  test.each<[string, (one: Reviewed) => Reviewed]>([
    ['the rating', (one) => ({ ...one, assessment: { ...scored, summary: 'forged' } })],
    [
      'the confirmation',
      (one) => ({ ...one, confirmation: { kind: 'facts-only', assessment: { ...scored, summary: 'x' } } }),
    ],
    ['the decision', (one) => ({ ...one, decision: { ...one.decision, basis: ['forged'] } })],
    ['the comment', (one) => ({ ...one, comment: 'forged' })],
    ['the access context', (one) => ({ ...one, accessContext: { ...one.accessContext, owner: 'forged' } })],
    [
      'the request',
      (one) => ({ ...one, dossier: { ...one.dossier, request: { ...one.dossier.request, justification: 'forged' } } }),
    ],
    [
      'the asset',
      (one) => ({
        ...one,
        dossier: { ...one.dossier, asset: { id: 'x', name: null, type: null, containerPath: null, tags: ['forged'] } },
      }),
    ],
    [
      'what screening found',
      (one) => ({ ...one, dossier: { ...one.dossier, texts: { ...one.dossier.texts, flags: ['forged'] } } }),
    ],
  ])('with %s of one line changed is believed but for this line', async (_what, change) => {
    const check = await bindings.check(withFirst(change));
    expect(check).toEqual({ kind: 'lines-changed', requests: new Set([idOf(first)]) });
    expect(RECORD.reviewed.filter((one) => isChanged(check, idOf(one))).map(idOf)).toEqual([idOf(first)]);
  });

  test.each<[string, (record: RunRecord) => RunRecord]>([
    [
      'a fact that the clock makes',
      () =>
        withFirst((one) => ({
          ...one,
          dossier: { ...one.dossier, facts: { ...one.dossier.facts, daysSinceCreated: 99 } },
        })),
    ],
    ['something that no version has', () => withFirst((one) => Object.assign(one, { forged: true }))],
    [
      'a `__proto__` in a line',
      () =>
        withFirst((one) => JSON.parse(JSON.stringify(one).replace(/\}$/, ',"__proto__":{"decision":{}}}')) as Reviewed),
    ],
    ['a line too few', (record) => ({ ...record, reviewed: record.reviewed.slice(1) })],
    ['a line twice', (record) => ({ ...record, reviewed: [...record.reviewed, record.reviewed[0] as Reviewed] })],
    [
      'a line in the place of another',
      (record) => ({ ...record, reviewed: record.reviewed.with(0, record.reviewed[1] as Reviewed) }),
    ],
    ['its lines in another order', (record) => ({ ...record, reviewed: record.reviewed.toReversed() })],
    ['another plan', (record) => ({ ...record, planId: 'plan-x' })],
    ['another vault', (record) => ({ ...record, vaultUrl: 'https://elsewhere.example' })],
    ['other settings', (record) => ({ ...record, gate: [] })],
    ['another beginning', (record) => ({ ...record, startedAt: record.startedAt + 1 })],
    [
      'a changed line and a changed fact elsewhere',
      () => {
        const forged = withFirst((one) => ({ ...one, comment: 'forged' }));
        const second = forged.reviewed[1] as Reviewed;
        const facts = { ...second.dossier.facts, requestorFrequency: 99 };
        return { ...forged, reviewed: forged.reviewed.with(1, { ...second, dossier: { ...second.dossier, facts } }) };
      },
    ],
  ])('with %s is not believed at all', async (_what, change) => {
    expect(await bindings.check(change(archived(RECORD)))).toEqual({ kind: 'changed' });
  });

  test('that the ledger does not bind is early before the first bound one, and refused after it', async () => {
    const at = (runId: string) => bindings.check({ ...archived(RECORD), runId });
    expect(await at('20261120T053900000Z')).toEqual({ kind: 'early' });
    expect(await at('20261120T054100000Z')).toEqual({ kind: 'unbound' });
    const nothing = { ...archived(RECORD), runId: '20261120T054100000Z', reviewed: [] };
    expect(await bindings.check(nothing)).toEqual({ kind: 'true' });
    expect(await new Bindings().check(archived(RECORD))).toEqual({ kind: 'early' });
  });
});
