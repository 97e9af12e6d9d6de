/** The ledger of a real installation: whatever happens is in it, under its own word and with its facts. */
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ENTRY_KIND_NAMES } from '../../src/ledger/entry.ts';
import { entriesIn, ledgerFiles, type RawEntry } from '../helpers/ledger.ts';
import { openPlace, ROOT } from './place.ts';
import { byTag } from './tagged_model.ts';

const DIGEST = /^[0-9a-f]{64}$/;

test('every kind of entry comes about by what it tells of, and holds what happened', async () => {
  await using place = await openPlace({ model: { behaviour: byTag } });
  const [policy, prompts] = [join(place.folder, 'policy'), join(place.folder, 'prompts')];
  cpSync(join(ROOT, 'policy'), policy, { recursive: true });
  cpSync(join(ROOT, 'prompts'), prompts, { recursive: true });
  const settings = { POLICY_DIR: policy, PROMPT_DIR: prompts };
  const cli = async (args: readonly string[], more = {}) => {
    const { code, stderr } = await place.start(args, { ...settings, ...more }).ended;
    expect(code, stderr).toBe(0);
  };
  let seen = 0;
  /** What was added since the last look. */
  const added = (kind: string): RawEntry[] =>
    entriesIn(place.state)
      .slice(seen)
      .filter((entry) => entry.kind === kind);
  const kinds = new Set<string>();
  const look = () => {
    for (const { kind } of entriesIn(place.state)) kinds.add(kind);
    seen = entriesIn(place.state).length;
  };

  // A history in the vendor's own shape, and a vault that carries out, refuses, and loses answers.
  mkdirSync(place.state);
  const known = place.request('decided on by somebody else’s agent', 'low');
  const history = { last_run: '2026-01-01T00:00:00Z', actioned_ids: [known.id] };
  writeFileSync(join(place.state, 'agent_state.json'), JSON.stringify(history));
  const good = place.request('a low one', 'low', { created: place.now() - 7_200_000 });
  const refused = place.request('a refused one', 'low');
  const lost = place.request('a lost one', 'low');
  const emergency = place.request('an emergency', 'low', {
    form: { id: 'f-bg', name: 'Emergency access', type: 'Automatic' },
    status: 'Approved',
    approved: place.now() - 3_000_000,
  });
  place.sim.faults.add({ on: 'vault.approve', kind: 'status', status: 409, url: refused.id });
  place.sim.faults.add({ on: 'vault.approve', kind: 'reset-before', url: lost.id, times: Number.POSITIVE_INFINITY });
  // Its mail tells of an action, and the answer gets lost: the next run sends it once more.
  place.sim.faults.add({ on: 'mail', kind: 'reset-after' });
  const { record } = await place.run({ settings });
  const [started] = added('run.started');
  expect(started).toMatchObject({
    run: record.runId,
    data: { mode: 'autonomous', agentUser: place.sim.vault.agent.name, halted: null, plan: null },
  });
  const digests = started?.data as { policy: string; prompts: string };
  expect([digests.policy, digests.prompts]).toEqual([expect.stringMatching(DIGEST), expect.stringMatching(DIGEST)]);
  expect(added('actions.imported')).toMatchObject([{ data: { source: 'agent_state.json', ids: [known.id] } }]);
  const of = (entries: RawEntry[], id: string) => entries.filter(({ data }) => data.request === id);
  expect(of(added('request.decided'), good.id)).toMatchObject([
    {
      run: record.runId,
      data: {
        content: expect.stringMatching(/^[0-9a-f]{32}$/),
        ...{ policy: digests.policy, prompts: digests.prompts, model: place.settings.OPENAI_MODEL },
        ...{ risk: 'low', verdict: 'approve', rules: expect.arrayContaining([expect.any(String)]) },
      },
    },
  ]);
  expect(of(added('action.intended'), good.id)).toMatchObject([
    { data: { action: 'approve', created: good.created, actor: place.sim.vault.agent.name } },
  ]);
  expect(of(added('action.done'), good.id)).toMatchObject([
    { data: { note: 'the vault answered 200; the request is Approved now' } },
  ]);
  expect(of(added('action.not-done'), refused.id)).toMatchObject([
    { data: { note: expect.stringMatching(/^the vault answered 409.*unchanged/) } },
  ]);
  expect(of(added('action.unknown'), lost.id)).toMatchObject([
    { data: { note: expect.stringMatching(/dropped|reset|cannot be reached/) } },
  ]);
  expect(added('mail.sent')).toEqual([]);
  expect(added('run.finished')).toMatchObject([
    { data: { verdict: 'done-with-problems', approved: 1, failed: 1, unknown: 1 } },
  ]);
  look();

  // The request, the policy and the prompts change, people speak, and a crash cuts a line short.
  place.sim.vault.edit(refused.id, { message: '[low] Replace the toner, change CHG0041234, and the drum' });
  appendFileSync(join(policy, 'access.yml'), '\n# edited\n');
  appendFileSync(join(prompts, 'rubric.md'), '\nBe kind.\n');
  await cli(['review', emergency.id, '--by', 'mia', '--note', 'INC-1, in order']);
  await cli(['halt', '--by', 'anna', '--reason', 'INC-2']);
  await cli(['resume', '--by', 'ben']);
  appendFileSync(ledgerFiles(place.state).at(-1) ?? '', '{"seq":99,"at":"2026');
  const { record: second } = await place.run({ settings });
  expect(added('mail.repeating')).toMatchObject([{ run: second.runId }]);
  expect(added('mail.sent')).toMatchObject([{ run: second.runId, data: { mails: 2 } }]);
  expect(added('policy.changed')).toMatchObject([{ data: { before: digests.policy } }]);
  expect(added('prompts.changed')).toMatchObject([{ data: { before: digests.prompts } }]);
  const [now] = added('run.started');
  expect(added('policy.changed')[0]?.data.after).toBe(now?.data.policy);
  expect(now?.data.policy).not.toBe(digests.policy);
  expect(added('reviewed')).toMatchObject([{ data: { request: emergency.id, by: 'mia', note: 'INC-1, in order' } }]);
  expect(added('halted')).toMatchObject([{ data: { by: 'anna', reason: 'INC-2' } }]);
  expect(added('resumed')).toMatchObject([{ data: { by: 'ben' } }]);
  expect(added('ledger.mended')).toMatchObject([{ data: { cutBytes: 20 } }]);
  const contentOf = (n: number) =>
    of(entriesIn(place.state), refused.id).filter((e) => e.kind === 'request.decided')[n]?.data.content;
  expect(contentOf(1)).not.toBe(contentOf(0));
  look();

  const key = { LEDGER_KEY: 'a key of the ledger, 32 letters or more' };
  await cli(['record', 'repair', '--reason', 'the key is new', '--by', 'mia'], key);
  expect(added('ledger.keyed')).toMatchObject([{ data: { by: 'mia', reason: 'the key is new' } }]);
  expect((await place.run({ settings: { ...settings, ...key } })).record.warnings).toContainEqual(
    expect.stringMatching(/sealed with a key from entry \d+ on/),
  );
  look();
  // A person at the terminal says no.
  const unwanted = place.request('one that somebody says no to', 'low', { created: place.now() - 60_000 });
  await place.run({ settings: { ...settings, ...key, AUTONOMOUS_MODE: 'false' }, ask: async () => 'no' });
  expect(of(added('action.declined'), unwanted.id)).toMatchObject([{ data: { action: 'approve', by: null } }]);
  look();
  // A class is enforced, and people take back what it let through.
  const access = readFileSync(join(policy, 'access.yml'), 'utf8');
  const enforced = access.replace('  test:\n    about:', '  test:\n    mode: enforce\n    about:');
  writeFileSync(join(policy, 'access.yml'), enforced);
  const taken = [1, 2].map((n) =>
    place.request(`taken back ${n}`, 'low', {
      ...{ levels: 2, requestor: { id: `u-${n}`, name: `CORP\\taken${n}`, displayName: `Taken ${n}` } },
      created: place.now() - n * 3_600_000,
    }),
  );
  const enforcing = { ...settings, ...key, CONTROL_SHARE: '0' };
  await place.run({ settings: enforcing });
  for (const { id } of taken) {
    const no = { level: 2, user: 'mharper', decision: 'Rejected', message: 'not them', created: place.now() } as const;
    const before = place.sim.vault.all().find((one) => one.id === id)?.approvals ?? [];
    place.sim.vault.edit(id, { status: 'Rejected', approvals: [...before, no] });
  }
  await place.run({ settings: enforcing });
  expect(of(added('class.evidence'), taken[0]?.id ?? '').at(-1)).toMatchObject({
    data: { classes: ['test'], found: 'undone', policy: expect.stringMatching(DIGEST) },
  });
  expect(added('class.demoted')).toMatchObject([{ data: { class: 'test', why: 'undone', bad: 2 } }]);
  writeFileSync(join(policy, 'access.yml'), access);
  look();
  // A halt that somebody gave by its file alone, without the command that keeps a list of them.
  const since = '2026-11-20T05:40:00.000Z';
  writeFileSync(join(place.state, 'halt.json'), JSON.stringify({ since, by: 'carl', reason: null }));
  const halted = await place.run({ settings: { ...settings, ...key } });
  rmSync(join(place.state, 'halt.json'));
  expect(added('halted')).toMatchObject([{ data: { by: 'carl', since } }]);
  // Collected elsewhere, the log holds the very end of the ledger.
  const { seq, seal } = entriesIn(place.state).at(-1) ?? {};
  expect(halted.log).toContain(`"record":"${seq}:${seal}"`);
  look();
  const [file = ''] = ledgerFiles(place.state);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"risk":"low"', '"risk":"high"'));
  await cli(['record', 'repair', '--reason', 'INC-3', '--by', 'mia'], key);
  look();

  expect([...kinds].sort()).toEqual([...ENTRY_KIND_NAMES].sort());
});
