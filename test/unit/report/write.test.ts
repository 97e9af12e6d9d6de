import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { RuleTrace } from '../../../src/domain/decision.ts';
import { toJson } from '../../../src/report/json.ts';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { writeReport } from '../../../src/report/write.ts';
import { StorageError } from '../../../src/util/errors.ts';
import { INVISIBLE_OR_BREAK } from '../../helpers/hostile_texts.ts';
import { aFailedRun, anOrdinaryRun, aRecord, aReviewed } from '../../helpers/records.ts';
import { capped, floorTrace, forbidden, permitted } from '../../helpers/traces.ts';

let dir: string;
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'report-')), 'reports');
});

describe('writing a report', () => {
  test('names both files by the start of the run in UTC and says where they are', async () => {
    const paths = await writeReport(anOrdinaryRun(), dir);
    expect(paths).toEqual({
      markdown: join(dir, '2026-11-20T05-40-12Z.md'),
      json: join(dir, '2026-11-20T05-40-12Z.json'),
      sheet: null,
    });
    expect(await readFile(paths.markdown, 'utf8')).toBe(renderMarkdown(anOrdinaryRun()));
    expect(JSON.parse(await readFile(paths.json, 'utf8'))).toEqual(JSON.parse(JSON.stringify(toJson(anOrdinaryRun()))));
  });

  test('lets only its owner read them', async () => {
    const { markdown, json } = await writeReport(anOrdinaryRun(), dir);
    for (const path of [markdown, json]) expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
  });

  test('never overwrites an earlier report, also when two are written at the same moment', async () => {
    const paths = await Promise.all([1, 2, 3].map(() => writeReport(aFailedRun(), dir)));
    expect(new Set(paths.map(({ markdown }) => markdown)).size).toBe(3);
    expect((await readdir(dir)).sort()).toEqual([
      '2026-11-20T05-40-12Z-2.json',
      '2026-11-20T05-40-12Z-2.md',
      '2026-11-20T05-40-12Z-3.json',
      '2026-11-20T05-40-12Z-3.md',
      '2026-11-20T05-40-12Z.json',
      '2026-11-20T05-40-12Z.md',
    ]);
  });

  test('goes to the next name when only one of the two is taken', async () => {
    const first = await writeReport(aFailedRun(), dir);
    await writeFile(first.json.replace('Z.json', 'Z-2.json'), 'of somebody else');
    expect((await writeReport(aFailedRun(), dir)).markdown).toContain('Z-3.md');
  });

  test('fails with a StorageError that names the path when the folder cannot be made', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'report-')), 'a-file');
    await writeFile(file, '');
    await expect(writeReport(aFailedRun(), join(file, 'reports'))).rejects.toThrow(StorageError);
  });
});

describe('the JSON twin', () => {
  test('has a version, ISO times and the same numbers as the page', () => {
    const json = toJson(anOrdinaryRun());
    expect(json.schema_version).toBe(2);
    expect(json.run).toMatchObject({
      started_at: '2026-11-20T05:40:12.000Z',
      verdict: 'done-with-problems',
      mode: 'autonomous',
    });
    expect(json.totals).toMatchObject({
      requests: 10,
      by_status: { Active: 8, Approved: 1, Completed: 1 },
      by_risk: { critical: 1, high: 2, medium: 2, low: 4, unscored: 1 },
      done: { reject: 1, approve: 2, close: 1 },
      outcome_unknown: 1,
      waiting_for_a_person: 5,
      malformed: 1,
    });
    expect(json.requests.map(({ decision }) => decision.risk)).toContain(null);
  });

  test('holds every field of a request that machines will ask for', () => {
    const [request] = toJson(aRecord({ reviewed: [aReviewed({ verdict: 'approve', risk: 'low' })] })).requests;
    expect(Object.keys(request ?? {})).toMatchInlineSnapshot(`
      [
        "id",
        "status",
        "created_at",
        "approved_at",
        "completed_at",
        "requested_from",
        "requested_to",
        "requestor",
        "asset",
        "operation",
        "entity_type",
        "exclusive",
        "form",
        "level",
        "levels",
        "justification",
        "facts",
        "deep_analysis",
        "access_context",
        "text",
        "tickets",
        "gaps",
        "assessment",
        "confirmation",
        "decision",
        "outcome",
        "comment",
      ]
    `);
  });

  test('tells what the gate found: risk floor, policy basis, confirmation, next step, and the digests of what decided', () => {
    const json = toJson(
      aRecord({
        reviewed: [
          aReviewed({
            floor: 'medium',
            basis: ['no-approval-privileged'],
            rules: [forbidden('no-approval-privileged', 'it is a privileged entitlement')],
            confirmation: { kind: 'facts-only', assessment: { kind: 'unscored', why: 'no model' } },
          }),
        ],
      }),
    );
    expect(json.run.digests).toEqual({ policy: 'a'.repeat(64), prompts: 'b'.repeat(64) });
    expect(json.requests[0]).toMatchObject({
      confirmation: { kind: 'facts-only', agreed: false, risk: null, why_not: 'no model' },
      decision: {
        floor: 'medium',
        policy_basis: [{ id: 'no-approval-privileged', says: 'no approve: it is a privileged entitlement' }],
        next: { next: 'escalate', to: 'owner development-lead' },
      },
      access_context: { entitlement: 'test:operate', owner: 'development-lead', max_hours: 72 },
    });
    expect(json.work_list).toMatchObject([{ group: 'owners', request_id: 'req-0001', age_days: 2, next: 'escalate' }]);
  });

  test('has every rule by its kind, with its facts, its name and its sentence', () => {
    const rulesOf = (rules: readonly RuleTrace[]) =>
      toJson(aRecord({ reviewed: [aReviewed({ rules })] })).requests[0]?.decision.rules;
    expect(rulesOf([capped(), floorTrace('floor-burst', 'a burst', 'high')])).toEqual([
      {
        ...{ kind: 'cap', rule: 'cap', action: 'approve', cap: 'CAP_APPROVALS_PER_RUN', limit: 50 },
        says: 'no approve: 50 approvals in one run (CAP_APPROVALS_PER_RUN)',
      },
      { kind: 'risk-floor', rule: 'floor-burst', risk: 'high', says: 'a burst: at least high' },
    ]);
    expect(
      rulesOf([
        forbidden('no-approval-x', 'it is x'),
        { kind: 'gate', action: 'close', gate: 'once', done: 'close' },
        { kind: 'confirmation', action: 'reject', reason: 'risk', risk: 'high', limit: 'critical' },
        { kind: 'switch-off', action: 'close', rule: 'close-stale', says: 'it is stale', switches: ['A', 'B'] },
        { kind: 'hold', reason: 'between-the-limits', risk: 'medium', limits: { approve: 'low', reject: 'critical' } },
      ]),
    ).toMatchObject([
      { kind: 'policy', rule: 'no-approval-x', action: 'approve', allows: false, says: 'no approve: it is x' },
      { kind: 'gate', rule: 'gate once', action: 'close', gate: 'once', done: 'close' },
      { kind: 'confirmation', rule: 'confirm', action: 'reject', reason: 'risk', risk: 'high', limit: 'critical' },
      { kind: 'switch-off', rule: 'close-stale', switches: ['A', 'B'], says: 'it is stale, but A and B is off' },
      { kind: 'hold', rule: 'hold', limits: { approve: 'low', reject: 'critical' } },
    ]);
  });

  test('keeps control and invisible characters out, also from names of statuses', () => {
    const bad = 'a\u001b[31m\u202e\u200bb\nc';
    const text = JSON.stringify(
      toJson(
        aRecord({
          planId: bad,
          approvedBy: bad,
          breakGlass: [
            {
              requestId: bad,
              requestor: bad,
              subject: bad,
              status: bad,
              since: 0,
              reviewed: { by: bad, at: 0, note: bad },
            },
          ],
          reviewed: [
            aReviewed({
              ...{ status: bad, justification: bad, requestor: bad, basis: [bad], needsPerson: true },
              next: { kind: 'escalate', to: bad, finding: bad, ask: bad, alternative: bad },
              rules: [
                permitted(bad, bad),
                { kind: 'switch-off', action: 'approve', rule: bad, says: bad, switches: [bad] },
                { kind: 'policy-error', action: 'approve', error: bad },
                { kind: 'gate', action: 'approve', gate: 'scored', why: bad },
              ],
              texts: { flags: [bad], evidence: [bad] },
              confirmation: { kind: 'single', assessment: { kind: 'unscored', why: bad } },
              accessContext: {
                ...{ entitlement: bad, classes: [bad], neverAuto: [bad], owner: bad },
                person: { known: true, roles: [bad], department: bad, manager: bad },
                sodConflicts: [{ pair: bad, asked: bad, held: bad, source: { kind: 'request', id: bad } }],
              },
            }),
          ],
        }),
      ),
    );
    expect(JSON.parse(text).totals.by_status).toEqual({ 'a[31mb c': 1 });
    expect(text).not.toMatch(INVISIBLE_OR_BREAK);
    expect(text).not.toContain('\\u');
  });

  test('survives times that no calendar has', () => {
    const [request] = toJson(aRecord({ reviewed: [aReviewed({ created: 1e300 })] })).requests;
    expect(request?.created_at).toBeNull();
  });
});
