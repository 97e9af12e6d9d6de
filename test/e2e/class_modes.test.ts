/** Classes that people still decide on: what a run says of them, and what a person may do. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ClassMode } from '../../src/domain/class_mode.ts';
import { openPlace, type Place, ROOT } from './place.ts';
import { apply, BY_PLAN, planned } from './planner.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };

/** The shipped folder with a mode for some classes. */
function withModes(place: Place, modes: Readonly<Record<string, ClassMode>>): { POLICY_DIR: string } {
  const folder = join(place.home, 'policy');
  cpSync(join(ROOT, 'policy'), folder, { recursive: true });
  const file = join(folder, 'access.yml');
  let text = readFileSync(file, 'utf8');
  for (const [name, mode] of Object.entries(modes)) {
    const head = `  ${name}:\n    about:`;
    expect(text).toContain(head);
    text = text.replace(head, `  ${name}:\n    mode: ${mode}\n    about:`);
  }
  writeFileSync(file, text);
  return { POLICY_DIR: folder };
}

const opened = () => openPlace(tagged, { DEEP_ANALYSIS: 'true' });
function fill(place: Place) {
  const old = { created: place.now() - 12 * 86_400_000, requestedTo: place.now() + 30 * 86_400_000 };
  return {
    low: place.request('a low one', 'low'),
    critical: place.request('a critical one', 'critical'),
    stale: place.request('a stale grant', 'low', {
      ...old,
      ...{ status: 'Approved', approved: place.now() - 10 * 86_400_000 },
    }),
  };
}

describe.concurrent('a class with a mode', () => {
  test('recommend: a run says what would be done, and closes only; a person carries it out by a plan', async () => {
    await using place = await opened();
    const { low, critical } = fill(place);
    const policy = withModes(place, { test: 'recommend' });
    const { record, report } = await place.run({ settings: policy });
    expect(place.acts()).toEqual(['complete a stale grant']);
    const next = (id: string) => record.reviewed.find(({ dossier }) => dossier.request.id === id)?.decision.next;
    expect(next(low.id)?.finding).toBe('it would be approved, and the class `test` has `mode: recommend`');
    expect(next(critical.id)?.finding).toBe('it would be rejected, and the class `test` has `mode: recommend`');
    expect(report).toContain('mode: enforce instead of recommend for test would approve at most 1 more');
    expect(place.sim.mailbox.mails.at(-1)?.html).toContain('mode: enforce instead of recommend for test would reject');

    const plan = await planned(place, { ...policy, ...BY_PLAN });
    const applied = await apply(place, plan, { ...policy, ...BY_PLAN });
    expect([applied.became(low.id), applied.became(critical.id)]).toEqual(['done', 'done']);
    expect(place.acts().sort()).toEqual(['approve a low one', 'complete a stale grant', 'reject a critical one']);
  });

  test('observe: nothing is approved or rejected, by a plan neither', async () => {
    await using place = await opened();
    const { low } = fill(place);
    const policy = withModes(place, { test: 'observe' });
    const { record } = await place.run({ settings: policy });
    expect(place.acts()).toEqual(['complete a stale grant']);
    expect(record.reviewed.find(({ dossier }) => dossier.request.id === low.id)?.decision.next?.finding).toBe(
      'the class `test` has `mode: observe`',
    );
    expect((await planned(place, { ...policy, ...BY_PLAN })).entries).toEqual([]);
  });

  test('enforce: it is decided as ever, and other classes of the folder are recommended until they say otherwise', async () => {
    await using place = await opened();
    fill(place);
    expect((await place.run({ settings: withModes(place, { test: 'enforce' }) })).code).toBe(0);
    expect(place.acts().sort()).toEqual(['approve a low one', 'complete a stale grant', 'reject a critical one']);
    await using other = await opened();
    fill(other);
    await other.run({ settings: withModes(other, { workstation: 'enforce' }) });
    expect(other.acts()).toEqual(['complete a stale grant']);
  });
});
