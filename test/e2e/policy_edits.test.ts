/** Policy and prompts that are edited while the daemon runs, or between two processes: what acts, and what is told. */
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entriesIn } from '../helpers/ledger.ts';
import { due } from '../suite/long_check.ts';
import { openPlace, type Place, ROOT, until } from './place.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
const EVERY_SECOND = { SCHEDULE_CRON: '* * * * * *' };

/** Folders of its own that may be edited. */
function editable(place: Place) {
  const [policy, prompts] = [join(place.home, 'policy'), join(place.home, 'prompts')];
  cpSync(join(ROOT, 'policy'), policy, { recursive: true });
  cpSync(join(ROOT, 'prompts'), prompts, { recursive: true });
  return { policy, prompts, settings: { POLICY_DIR: policy, PROMPT_DIR: prompts } };
}
const entries = (place: Place, kind: string) => entriesIn(place.state).filter((entry) => entry.kind === kind);
const reports = (place: Place) =>
  place.reportFiles().map((name) => ({ name, text: readFileSync(join(place.reports, name), 'utf8') }));

const NO_APPROVALS = `
@id("nothing-today")
@says("nothing is approved today")
forbid (principal, action == Action::"approve", resource);
`;

describe.concurrent('a daemon reads policy and prompts anew for each run', () => {
  test('a good edit counts from the next run on', async () => {
    await using place = await openPlace(tagged, EVERY_SECOND);
    const { policy, settings } = editable(place);
    const daemon = place.start(['start', '--now'], settings);
    await until(
      () => place.reportFiles().length >= 1,
      () => `a first run: ${daemon.stderr()}`,
    );
    writeFileSync(join(policy, 'today.cedar'), NO_APPROVALS);
    await until(() => entries(place, 'policy.changed').length > 0, 'a run that knows of it');
    place.request('a low one', 'low');
    const before = place.reportFiles().length;
    await until(() => place.reportFiles().length >= before + 2, 'two runs more');
    expect(place.acts()).toEqual([]);
    rmSync(join(policy, 'today.cedar'));
    await until(() => place.acts().length > 0, 'the approval');
    daemon.child.kill('SIGTERM');
    expect((await daemon.ended).code).toBe(143);
    expect(place.acts()).toEqual(['approve a low one']);
    expect(entries(place, 'policy.changed').map(({ data }) => data)).toMatchObject([
      {
        files: { added: ['today.cedar'], removed: [], changed: [] },
        policies: { added: ['nothing-today'] },
        touched: [{ file: 'today.cedar', owner: expect.any(String), modified: expect.stringMatching(/^20\d\d-/) }],
      },
      { files: { removed: ['today.cedar'] }, policies: { removed: ['nothing-today'] }, touched: [] },
    ]);
  });

  const edits = [
    { what: 'a policy', dir: 'policy', name: 'oops.cedar', text: 'forbid (' },
    { what: 'access.yml', dir: 'policy', name: 'access.yml', text: '\nroles: [nonsense\n', long: true },
    { what: 'a prompt', dir: 'prompts', name: 'rubric.md', text: null, long: true },
    { what: 'the template of the mail', dir: 'prompts', name: 'email_template.html', text: '{{NO_SUCH_THING}}' },
  ] as const;
  test.each(due(edits))(
    'a broken edit of $what makes it observe, with the problem named, until the next good one',
    async ({ dir, name, text }) => {
      await using place = await openPlace(tagged, EVERY_SECOND);
      const folders = editable(place);
      const file = join(folders[dir], name);
      const daemon = place.start(['start', '--now'], folders.settings);
      await until(
        () => place.reportFiles().length >= 1,
        () => `a first run: ${daemon.stderr()}`,
      );
      const good = name === 'oops.cedar' ? null : readFileSync(file, 'utf8');
      if (text === null) writeFileSync(file, '');
      else appendFileSync(file, text);
      const broken = () => reports(place).filter((report) => report.text.includes('cannot be used as they are now'));
      await until(
        () => broken().length >= 1,
        () => `a run that observes: ${daemon.stderr()}`,
      );
      place.request('a low one', 'low');
      const [seen, mails] = [broken().length, place.sim.mailbox.mails.length];
      await until(() => broken().length >= seen + 2, 'two runs more that observe');
      expect(place.acts()).toEqual([]);
      expect(broken()[0]?.text).toMatch(/observing: nothing is changed/);
      expect(broken()[0]?.text.replaceAll('\\', '')).toContain(name);
      expect(place.sim.mailbox.mails.slice(mails).some(({ html }) => html.includes('cannot be used'))).toBe(true);
      expect(entries(place, 'policy.changed')).toEqual([]);
      if (good === null) rmSync(file);
      else writeFileSync(file, good);
      await until(() => place.acts().length > 0, 'the approval');
      daemon.child.kill('SIGTERM');
      expect((await daemon.ended).code).toBe(143);
      // What was put back is no change.
      expect(entries(place, 'policy.changed')).toEqual([]);
    },
  );

  test('one-shot commands go on refusing it with 2', async () => {
    await using place = await openPlace(tagged);
    const { policy, settings } = editable(place);
    appendFileSync(join(policy, 'oops.cedar'), 'forbid (');
    for (const command of ['run', 'start']) expect((await place.start([command], settings).ended).code).toBe(2);
  });
});

describe.concurrent('a change between two processes', () => {
  test('is told once: which files, rules and sections, and by whom; without any content', async () => {
    await using place = await openPlace(tagged);
    const { policy, prompts, settings } = editable(place);
    const first = await place.run({ settings });
    expect(entries(place, 'policy.changed')).toEqual([]);
    expect(entries(place, 'policy.read')).toHaveLength(1);
    expect(first.report).not.toContain('changed since the run before');

    const access = join(policy, 'access.yml');
    writeFileSync(access, readFileSync(access, 'utf8').replace('max_hours: 72', 'max_hours: 71'));
    writeFileSync(join(policy, 'today.cedar'), NO_APPROVALS);
    appendFileSync(join(prompts, 'rubric.md'), '\nBe kind.\n');
    const second = await place.run({ settings });
    const [changed] = entries(place, 'policy.changed');
    expect(changed?.data).toMatchObject({
      before: first.record.digests.policy,
      after: second.record.digests.policy,
      files: { added: ['today.cedar'], removed: [], changed: ['access.yml'] },
      policies: { added: ['nothing-today'], removed: [], changed: [] },
      sections: { added: [], removed: [], changed: ['classes'] },
    });
    expect(entries(place, 'prompts.changed')[0]?.data).toMatchObject({
      files: { added: [], removed: [], changed: ['rubric.md'] },
    });
    expect(JSON.stringify(entriesIn(place.state))).not.toMatch(/nothing is approved today|Be kind/);
    expect(second.report).toMatch(/policy folder changed since the run before: .*today.*nothing-today.* by /);
    expect(second.report).toMatch(/prompts changed since the run before: file changed: rubric/i);
    expect(place.sim.mailbox.mails.at(-1)?.html).toMatch(/policy folder changed since the run before/);

    const third = await place.run({ settings });
    expect(entries(place, 'policy.changed')).toHaveLength(1);
    expect(entries(place, 'policy.read')).toHaveLength(2);
    expect(third.report).not.toContain('changed since the run before');
  });

  test('an edit that says the same names its file alone', async () => {
    await using place = await openPlace(tagged);
    const { policy, settings } = editable(place);
    await place.run({ settings });
    appendFileSync(join(policy, 'access.yml'), '\n# a remark\n');
    await place.run({ settings });
    const [changed] = entries(place, 'policy.changed');
    expect(changed?.data).toMatchObject({ files: { changed: ['access.yml'] } });
    expect(changed?.data).not.toHaveProperty('sections');
    expect(changed?.data).not.toHaveProperty('policies');
  });
});
