import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSources } from '../../../src/run/sources.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Folders of their own, and what happens to them while the reader waits. */
async function edited(meanwhile: (file: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-sources-'));
  const [policy, prompts] = [join(folder, 'policy'), join(folder, 'prompts')];
  cpSync(join(ROOT, 'policy'), policy, { recursive: true });
  cpSync(join(ROOT, 'prompts'), prompts, { recursive: true });
  const file = join(policy, 'entitlements.cedar');
  const sources = await openSources({ state: folder, reports: folder, policy, prompts });
  let slept = 0;
  const clock = {
    sleep: async () => {
      slept += 1;
      meanwhile(file);
    },
  };
  const again = async () => {
    const { policy: used, unusable } = await sources.again(clock);
    return { rules: used.policies.length, unusable: unusable?.message ?? null };
  };
  const whole = readFileSync(file, 'utf8');
  // A whole rule is left: it reads well, and forbids less.
  const cut = whole.slice(0, whole.indexOf('@id', whole.indexOf('@id') + 1));
  return {
    ...{ file, whole, cut, again, slept: () => slept },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

describe('what is read anew for a run', () => {
  test('is read at once while nothing was edited', async () => {
    using place = await edited(() => {});
    const { rules } = await place.again();
    const before = place.slept();
    expect(await place.again()).toEqual({ rules, unusable: null });
    expect(place.slept()).toBe(before);
  });

  test.each(['system.md', 'shared.md', 'facts_only.md', 'single.md'])(
    'has stood still for a while when the prompt %s was edited',
    async (name) => {
      using place = await edited(() => {});
      await place.again();
      const before = place.slept();
      appendFileSync(join(dirname(place.file), '..', 'prompts', name), '\nBe strict.\n');
      expect(await place.again()).toMatchObject({ unusable: null });
      expect(place.slept()).toBe(before + 1);
    },
  );

  test('is not half a file that somebody is saving', async () => {
    let rest: string | null = null;
    using place = await edited((file) => {
      if (rest !== null) writeFileSync(file, rest);
    });
    const { rules } = await place.again();
    writeFileSync(place.file, place.cut);
    rest = place.whole;
    expect(await place.again()).toEqual({ rules, unusable: null });
  });

  test('is not a file that goes on changing', async () => {
    let busy = false;
    using place = await edited((file) => {
      if (busy) appendFileSync(file, '// more\n');
    });
    await place.again();
    busy = true;
    writeFileSync(place.file, place.cut);
    expect((await place.again()).unusable).toContain('are being changed while they are read');
  });

  test('is not a file of rules that lost its content', async () => {
    using place = await edited(() => {});
    const { rules } = await place.again();
    writeFileSync(place.file, '\n');
    const read = await place.again();
    expect(read.rules).toBe(rules);
    expect(read.unusable).toMatch(/entitlements\.cedar:1:1: is empty/);
  });
});
