import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ruleName, ruleWords } from '../../../src/phrases/rule_words.ts';
import { openRunArchive } from '../../../src/store/run_archive.ts';
import { type ReviewedOf01, upgradedReviewed } from '../../../src/store/run_archive_upgrade.ts';
import { tempFolder } from '../../helpers/requests.ts';
import { archived01, RUNS_OF_01, V01 } from '../../helpers/v01.ts';

/** What 0.1 said, in the words of today. */
const today = (words: string): string =>
  words
    .replace(/there is no (blind|solo) vote/, (_all, kind) => `there is no ${KINDS[kind as 'blind']} reading`)
    .replace('the second look disagreed: ', 'the confirmation disagreed: ')
    .replace('the breaker: ', 'the circuit breaker: ')
    .replace(/\b1 (approval|rejection)s\b/, '1 $1')
    .replace(/the (blind|solo) vote/, (_all, kind) => `the ${KINDS[kind as 'blind']} reading`);
const KINDS = { blind: 'facts-only', solo: 'single' } as const;

const archive = openRunArchive(V01, 1000);
const loaded = async (runId: string) => {
  const record = await archive.load(runId);
  if (record === null) throw new Error(`${runId} cannot be read`);
  return record;
};

describe.each(Object.entries(RUNS_OF_01))('The %s run that 0.1 archived', (_name, runId) => {
  test('is read with every request, and each says what it said, by the rules that it named', async () => {
    const old = archived01(runId);
    const record = await loaded(runId);
    expect(record.reviewed).toHaveLength(old.requests.length);
    expect(record.ledger).toEqual(old.record.record);
    old.requests.forEach((before, i) => {
      const now = record.reviewed[i];
      expect(now?.dossier).toEqual(before.dossier);
      expect(now?.accessContext).toEqual(before.standing);
      expect(now?.confirmation).toEqual(before.vote && { ...before.vote, kind: KINDS[before.vote.kind] });
      expect(now?.decision.rules.map((trace) => ({ rule: ruleName(trace), says: ruleWords(trace) }))).toEqual(
        before.decision.rules.map(({ rule, says }) => ({ rule, says: today(says) })),
      );
      const { rules: _old, ...same } = before.decision;
      const { rules: _new, ...decision } = now?.decision ?? { rules: [] };
      const finding = same.next && { ...same.next, finding: today(same.next.finding) };
      expect(decision).toEqual({ ...same, next: finding });
    });
    // Nothing of the old shape is left beside the new one.
    expect(JSON.stringify(record)).not.toMatch(/"(?:standing|vote|record)":|"(?:blind|solo|memory-not-trusted)"/);
  });

  test('is the same without its requests, and the same again from a document of the first version', async () => {
    const record = await loaded(runId);
    const { reviewed: _, ...head } = record;
    expect(await archive.loadHead(runId)).toEqual(head);
    const { record: oldHead, requests } = archived01(runId);
    const folder = tempFolder();
    mkdirSync(join(folder, 'runs'));
    const document = { schema_version: 1, record: { ...oldHead, reviewed: requests } };
    writeFileSync(join(folder, 'runs', `${runId}.json.gz`), gzipSync(JSON.stringify(document)));
    expect(await openRunArchive(folder, 5).load(runId)).toEqual(record);
    expect(await openRunArchive(folder, 5).loadHead(runId)).toEqual(head);
  });

  test('can be archived again, and is then what it was', async () => {
    const record = await loaded(runId);
    const again = openRunArchive(tempFolder(), 5);
    await again.save(record);
    expect(await again.load(runId)).toEqual(record);
  });
});

test('Every kind of rule, gate, cap, disagreement and reason to hold is found in the sentences of 0.1', async () => {
  const { verdict, reviewed } = await loaded(RUNS_OF_01.everyRule);
  expect(verdict).toBe('ledger-not-trusted');
  const found = new Set<string>();
  for (const trace of reviewed.flatMap(({ decision }) => decision.rules)) {
    found.add(trace.kind);
    if (trace.kind === 'gate') found.add(trace.gate);
    if (trace.kind === 'cap') found.add(trace.cap);
    if (trace.kind === 'cap' && trace.cap === 'BREAKER_FACTOR') found.add(`breaker ${trace.of}`);
    if (trace.kind === 'confirmation') found.add(`${trace.action} ${trace.reason}`);
    if (trace.kind === 'hold') found.add(trace.reason);
    if (trace.kind === 'policy') found.add(`${trace.allows ? 'may' : 'no'} ${trace.action}`);
    if (trace.kind === 'switch-off') found.add(`off ${trace.action}`);
  }
  expect([...found].sort()).toEqual(
    [
      ...['policy', 'policy-error', 'switch-off', 'gate', 'confirmation', 'cap', 'hold', 'risk-floor'],
      // Deciding asks about no action that the status does not allow: the gate `status` speaks before a call only.
      ...['own-request', 'requestor-known', 'scored', 'risk-understood', 'once'],
      ...['CAP_APPROVALS_PER_RUN', 'CAP_APPROVALS_PER_DAY', 'CAP_APPROVALS_PER_REQUESTOR_PER_DAY'],
      ...['CAP_APPROVALS_PER_ASSET_PER_DAY', 'CAP_REJECTIONS_PER_RUN', 'BREAKER_FACTOR'],
      ...['breaker approve', 'breaker reject', 'breaker suspicious'],
      ...['approve missing', 'approve failed', 'approve not-understood', 'approve steering-suspected', 'approve risk'],
      ...['reject missing', 'reject failed', 'reject not-understood', 'reject risk'],
      ...['granted-and-critical', 'status', 'unscored', 'between-the-limits'],
      ...['may approve', 'may reject', 'may close', 'no approve', 'no reject', 'no close'],
      ...['off approve', 'off reject', 'off close'],
    ].sort(),
  );
});

describe('A sentence that none of our rules said', () => {
  const [first] = archived01(RUNS_OF_01.demo).requests.filter(({ decision }) => decision.verdict === 'hold');
  const upgraded = (rule: string, says: string, basis: readonly string[] = []) => {
    if (first === undefined) throw new Error('nothing was held');
    const decision = { ...first.decision, basis, rules: [{ rule, says }] };
    return upgradedReviewed({ ...first, decision } as unknown as ReviewedOf01).decision.rules;
  };
  test.each([
    ['cap', 'no approve: as many as the moon allows'],
    ['confirm', 'no approve: the blind vote shrugged'],
    ['confirm', 'no close: there is no blind vote'],
    ['gate once', 'no approve: the agent slept before'],
    ['gate of stone', 'no reject: shut'],
    ['hold', 'because'],
    ['floor-x', 'at least nothing'],
    ['x', 'fine, but SOMETHING is off'],
    ['x', ''],
  ])('stays as it is: %s, %s', (rule, says) => {
    const [trace] = upgraded(rule, says);
    expect(trace).toMatchObject({ kind: 'policy', rule });
    expect(trace && ruleWords(trace)).toBe(says);
  });

  test.each([
    ['cap', 'no approve: 5 approvals in one run (CAP_APPROVALS_PER_RUN)'],
    ['confirm', 'no approve: there is no blind vote'],
    ['hold', 'nothing to do at status Active (waiting for an authorizer)'],
    ['policy', 'no approve: it failed'],
    ['floor-mine', 'mine: at least high'],
  ])('is of the policy, where a policy of the basis is called `%s`', (rule, says) => {
    const [trace] = upgraded(rule, says, [rule]);
    expect(trace).toMatchObject({ kind: 'policy', rule });
    expect(trace && ruleWords(trace)).toBe(says);
  });
});
