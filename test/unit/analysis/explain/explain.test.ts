/** `explain` over what real runs left behind, and over what a hostile requestor wrote. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import stringWidth from 'string-width';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Explanation, explain } from '../../../../src/analysis/explain/explain.ts';
import { explanationText, foundNothing } from '../../../../src/analysis/explain/explain_text.ts';
import { type Found, findRequest } from '../../../../src/analysis/explain/find.ts';
import { readPastActions } from '../../../../src/analysis/replay/past_actions.ts';
import { loadPolicy, type Policy } from '../../../../src/policy/load.ts';
import { realDisk } from '../../../../src/store/disk.ts';
import { openRunArchive } from '../../../../src/store/run_archive.ts';
import { ACTING, DAY, openPlace } from '../../../e2e/place.ts';
import { ledgerFiles } from '../../../helpers/ledger.ts';
import { NOON, rated, tempFolder } from '../../../helpers/requests.ts';
import { approvalsPerRun } from '../../../helpers/traces.ts';
import { policyWith, SHIPPED } from '../../policy/cases.ts';
import { archiveOf, pastRun, type Story } from '../replay/past_runs.ts';

let policy: Policy;
beforeAll(async () => {
  policy = await loadPolicy(SHIPPED);
});

const NOTHING_DONE = { folder: 'state/ledger', unreadable: null, entries: () => [], actedBefore: () => false };
function explained(story: Partial<Story>, others: readonly Story[] = [], by = policy): Explanation {
  const record = pastRun(policy, [{ id: 'req-1', ...story }, ...others]);
  const reviewed = record.reviewed[0];
  if (reviewed === undefined) throw new Error('nothing was reviewed');
  return explain({ record, reviewed }, by, NOTHING_DONE);
}
const failing = ({ checks }: Explanation) => checks.filter(({ result }) => result === 'fail').map(({ name }) => name);
const widest = (text: string) => Math.max(...text.split('\n').map((line) => stringWidth(line)));

describe('after a real run', () => {
  test('a request that was held has its entries too: what was decided on it, by which run and where it stands', async () => {
    await using place = await openPlace({ data: 'realistic', requests: 20, seed: 5 }, { POLICY_DIR: SHIPPED });
    const { record } = await place.run();
    const held = record.reviewed.find(({ decision }) => decision.verdict === 'hold');
    if (held === undefined) throw new Error('nothing was held');
    const { id } = held.dossier.request;
    const archive = openRunArchive(place.state, 10);
    const found = await findRequest(archive, id, null);
    if (!('record' in found)) throw new Error('the run knew it');
    const about = explain(found, policy, await readPastActions(place.state, realDisk, id));
    expect(about.ledger.entries.map(({ entry }) => [entry.kind, entry.data.request])).toEqual([
      ['request.decided', id],
    ]);
    const text = explanationText(about);
    expect(text.replaceAll(/\n\s*/g, '')).toMatch(/ledger +\S+\.jsonl:\d+ .* decided hold, risk/);
    expect(text).not.toContain('no entry about it');
  });

  test('each request of a whole estate is explained: decided again the same, on a page, with the ledger lines of what was done', async () => {
    await using place = await openPlace(
      { data: 'realistic', requests: 90, seed: 5 },
      { POLICY_DIR: SHIPPED, DEEP_ANALYSIS: 'true' },
    );
    const { record } = await place.run();
    const archive = openRunArchive(place.state, 10);
    const past = await readPastActions(place.state);
    let acted = 0;
    for (const { dossier, decision } of record.reviewed) {
      const found = await findRequest(archive, dossier.request.id, null);
      if (!('record' in found)) throw new Error('the run knew it');
      const about = explain(found, policy, past);
      expect([about.policy.same, about.replayed]).toEqual([true, true]);
      expect(about.today.verdict).toBe(decision.verdict);
      const text = explanationText(about);
      expect(widest(text)).toBeLessThanOrEqual(100);
      expect(text).not.toMatch(ACTING);
      if (decision.verdict === 'hold') continue;
      acted += 1;
      const [intent, result] = about.ledger.entries;
      expect([intent?.entry.kind, result?.entry.kind]).toEqual(['action.intended', 'action.done']);
      const [file = ''] = ledgerFiles(place.state);
      expect(readFileSync(file, 'utf8').split('\n')[(intent?.line ?? 0) - 1]).toContain(dossier.request.id);
      // A long path goes over the end of a line.
      expect(text.replaceAll(/\n\s*/g, '')).toContain(`${basename(file)}:${intent?.line}`);
      expect(about.counterfactuals[0]).toMatchObject({ target: 'hold', smallest: true });
    }
    expect(acted).toBeGreaterThan(0);
    expect(JSON.parse(JSON.stringify(explain(await anyFound(), policy, past)))).toMatchObject({ replayed: true });

    async function anyFound(): Promise<Found> {
      const found = await findRequest(archive, record.reviewed[0]?.dossier.request.id ?? '', record.runId);
      if (!('record' in found)) throw new Error('the run knew it');
      return found;
    }
  });

  test('a later run explains that the agent has done its part, and the first run stays explicable', async () => {
    await using place = await openPlace({}, { POLICY_DIR: SHIPPED });
    const asset = place.sim.vault.assets().find(({ type }) => type === 'Workstation');
    const added = place.request('two levels', 'low', {
      levels: 2,
      ...(asset && { entityId: asset.id, entityName: asset.name }),
    });
    const first = await place.run();
    expect(place.acts()).toContain('approve two levels');
    place.later(DAY / 24);
    const second = await place.run();
    const archive = openRunArchive(place.state, 10);
    const past = await readPastActions(place.state);
    const of = async (run: string | null) => {
      const found = await findRequest(archive, added.id, run);
      if (!('record' in found)) throw new Error('the run knew it');
      return explain(found, policy, past);
    };
    const newest = await of(null);
    expect(newest.run.runId).toBe(second.record.runId);
    expect(failing(newest)).toContain('once');
    expect(newest.counterfactuals).toMatchObject([{ target: 'approve', ways: [{ facts: [{ lever: 'not-acted' }] }] }]);
    const oldest = await of(first.record.runId);
    expect(oldest).toMatchObject({ replayed: true, today: { verdict: 'approve' } });
    expect(failing(oldest)).toEqual([]);
  });
});

describe('the table of checks', () => {
  test('an approval passes every check', () => {
    expect(failing(explained({}))).toEqual([]);
  });

  test('everything that stands in the way is named, with its policy and place, not only what came first', () => {
    const about = explained({
      container: '/Production/Servers',
      assessment: rated('high'),
      part: { texts: { suspicious: true, contentFree: true, evidence: ['speaks to the reviewer'] } },
    });
    expect(failing(about)).toEqual(
      expect.arrayContaining([
        'within RISK_THRESHOLD_APPROVE',
        'floor-privileged',
        'floor-suspicious-text',
        'suspicious',
        'gives a reason',
        'forbid approve: no-approval-privileged',
        'forbid approve: no-approval-never-auto',
        'forbid approve: no-approval-suspicious-text',
      ]),
    );
    const forbid = about.checks.find(({ name }) => name.endsWith('no-approval-privileged'));
    expect(forbid?.place).toMatch(/entitlements\.cedar:\d+$/);
    expect(about.checks.find(({ name }) => name === 'suspicious')?.value).toBe('speaks to the reviewer');
  });

  test('risk floor and model are shown apart', () => {
    const { checks } = explained({ container: '/Production/Servers', assessment: rated('low') });
    const risks = checks.filter(({ part }) => part === 'risk').map(({ value }) => value);
    expect(risks.slice(0, 3)).toEqual(['high', 'low, confidence 0.95', 'high']);
  });

  test('what the person holds is told, with the pair and where it is held', () => {
    const about = explained({ container: '/Apps', tags: ['Duty :: Payment Approval'] }, [
      { id: 'held', status: 'Approved', grantedDaysAgo: 1, container: '/Apps', tags: ['Duty :: Vendor Master'] },
    ]);
    expect(about.holds).toMatchObject([{ requestId: 'held', entitlement: 'vendor:create', status: 'Approved' }]);
    expect(explanationText(about)).toMatch(/vendor:create \+ payment:approve: holds vendor:create by held/);
    expect(failing(about)).toContain('required: owner');
  });

  test('a cap and a confirmation that disagreed are told', () => {
    const atCap = explained({ heldBack: approvalsPerRun(20) });
    expect(failing(atCap)).toEqual(['caps and circuit breaker']);
    expect(explanationText(atCap)).toContain('20 approvals in one run (CAP_APPROVALS_PER_RUN)');
    const disagreed = explained({ confirmation: rated('high') });
    expect(failing(disagreed)).toEqual(['facts-only reading, for approve']);
    expect(disagreed.counterfactuals).toMatchObject([
      { ways: [{ facts: [{ lever: 'confirmation' }], assumesConfirmation: false }] },
    ]);
  });

  test('a confirmation that was never asked for is said to be needed', () => {
    const about = explained({ assessment: rated('medium') });
    expect(about.counterfactuals[0]?.ways[0]?.assumesConfirmation).toBe(true);
    expect(explanationText(about).replace(/\s+/g, ' ')).toContain('the confirmation would have had to agree too');
  });

  test('what a requestor or a model wrote cannot act on the terminal', () => {
    const hostile = '\u001b[31mred\u001b]0;title\u0007 \u202eturned | table\nnew line \u200b';
    const about = explained({
      request: {
        justification: hostile,
        requestor: { id: null, name: hostile, displayName: null },
        operation: hostile,
      },
      assessment: rated('medium', { summary: hostile }),
    });
    expect(explanationText(about)).not.toMatch(ACTING);
    expect(widest(explanationText(about))).toBeLessThanOrEqual(100);
  });
});

describe('when the policy has changed since', () => {
  test('both are shown: what the run decided and what today would be said', async () => {
    const stricter = await policyWith({
      'extra.cedar':
        '@id("no-workstations") @says("not any more") forbid (principal, action == Action::"approve", resource) when { context.classes.contains("workstation") };\n',
    });
    const about = explained({}, [], stricter);
    expect(about.policy.same).toBe(false);
    expect(about.reviewed.decision.verdict).toBe('approve');
    expect(about.today).toMatchObject({ verdict: 'hold', basis: ['no-workstations'] });
    const text = explanationText(about);
    expect(text).toMatch(/The policy has changed since this run/);
    expect(text).toMatch(/What the run decided\n {2}verdict +approve/);
    expect(text).toMatch(/What today's policy says\n {2}verdict +hold/);
  });
});

describe('a request that cannot be found', () => {
  const missing = async (id: string, run: string | null, runs = [pastRun(policy, [{ id: 'req-0001' }])]) => {
    const found = await findRequest(await archiveOf(runs), id, run);
    if ('record' in found) throw new Error('it was found');
    return foundNothing(id, run, found);
  };

  test('the nearest id is named, or how far back the archive goes', async () => {
    expect(await missing('req-001', null)).toMatch(/did you mean `req-0001`\?/);
    expect(await missing('0001', null)).toMatch(/did you mean `req-0001`\?/);
    const far = await missing('something-else', null);
    expect(far).toMatch(/no archived run knows a request `something-else`/);
    expect(far).toMatch(/one run: 20261120T120000000Z \(2026-11-20 12:00 UTC\)/);
    expect(far).not.toMatch(/did you mean/);
  });

  test('so is a run, and an empty archive is said to be one', async () => {
    expect(await missing('req-0001', '20261120T120000000')).toMatch(/run `20261120T120000000` is not in the archive/);
    expect(await missing('req-0001', null, [])).toMatch(/no run is archived yet/);
  });

  test('the newest run that knows it is taken; a damaged file is passed over', async () => {
    const state = tempFolder();
    const runs = [1, 2, 3].map((day) =>
      pastRun(policy, [{ id: day === 3 ? 'other' : 'req-1' }], { at: NOON + day * DAY }),
    );
    const archive = await archiveOf(runs, state);
    expect(await findRequest(archive, 'req-1', null)).toMatchObject({ record: { runId: runs[1]?.runId } });
    expect(await findRequest(archive, 'req-1', runs[0]?.runId ?? '')).toMatchObject({
      record: { runId: runs[0]?.runId },
    });
    const { load, ids } = archive;
    const damaged = { ids, load: async (id: string) => (id === runs[1]?.runId ? null : load(id)) };
    expect(await findRequest(damaged, 'req-1', null)).toMatchObject({ record: { runId: runs[0]?.runId } });
  });
});

test('a ledger that cannot be read is said, and the request is explained all the same', async () => {
  const { unreadable } = await readPastActions(tempFolder());
  expect(unreadable).toBeNull();
  const about = {
    ...explained({}),
    ledger: { folder: 'state/ledger', entries: [], unreadable: 'line 3 cannot be understood' },
  };
  expect(explanationText(about)).toContain('line 3 cannot be understood');
});
