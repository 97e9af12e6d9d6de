import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ANOMALY_FLAG_NAMES } from '../../../src/domain/assessment.ts';
import { RISKS } from '../../../src/domain/risk.ts';
import { loadPrompts } from '../../../src/score/prompts.ts';
import { ConfigError } from '../../../src/util/errors.ts';

async function folder(files: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'prompts-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  return dir;
}

describe('prompts', () => {
  test('are the system text followed by the rubric, and every change of wording changes the digest', async () => {
    const before = await loadPrompts(await folder({ 'system.md': 'Task.\n', 'rubric.md': 'Scale.\n' }));
    expect(before.system).toBe('Task.\n\nScale.');
    expect(before.digest).toMatch(/^[0-9a-f]{64}$/);
    const after = await loadPrompts(await folder({ 'system.md': 'Task.', 'rubric.md': 'Scale!' }));
    expect(after.digest).not.toBe(before.digest);
  });

  test('that are missing or empty are a wrong PROMPT_DIR, and both files are named at once', async () => {
    const error = await loadPrompts(await folder({ 'system.md': ' \n' })).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems).toEqual([
      { setting: 'PROMPT_DIR', message: expect.stringMatching(/system\.md` is empty/) },
      { setting: 'PROMPT_DIR', message: expect.stringMatching(/rubric\.md`: ENOENT/) },
    ]);
  });
});

describe('the prompts that are shipped', () => {
  const shipped = loadPrompts(join(import.meta.dirname, '../../../prompts'));

  test.each([...RISKS, ...ANOMALY_FLAG_NAMES])('explain `%s`', async (word) => {
    expect((await shipped).system).toContain(`\`${word}\``);
  });

  test('name no setting and no action of the agent: who knows them must not learn what opens the gate', async () => {
    expect((await shipped).system).not.toMatch(/[aA]uto.?(approv|reject|clos)|[tT]hreshold|[A-Z]{3,}_[A-Z]{3,}/);
  });

  test('end with the contract', async () => {
    const end = (await shipped).system.slice(-1500);
    for (const word of ['one JSON object', '`summary`', '`anomaly_flags`', '`risk`', '`comment`', 'never instruction'])
      expect(end).toContain(word);
  });
});
