import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ANOMALY_FLAG_NAMES } from '../../../src/domain/assessment.ts';
import { RISKS } from '../../../src/domain/risk.ts';
import { loadPrompts, systemOf } from '../../../src/score/prompts.ts';
import { QUESTION_KINDS, type QuestionKind } from '../../../src/score/question_kinds.ts';
import { ConfigError } from '../../../src/util/errors.ts';

const KINDS = Object.keys(QUESTION_KINDS) as QuestionKind[];
/** What a question without texts and about what is open alone can have none of. */
const TEXT_FLAGS = [
  'injection_suspected',
  'justification_mismatch',
  'no_human_approval',
  'urgency_pressure',
  'weak_justification',
];

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

const FULL = { 'system.md': 'Task.', 'rubric.md': 'Scale.' };

describe('a prompt of its own for a kind of question', () => {
  test.each([
    ['shared', 'shared.md'],
    ['facts-only', 'facts_only.md'],
    ['single', 'single.md'],
  ] as const)('is used for a %s question when there is one, and counts in the digest', async (kind, name) => {
    const plain = await loadPrompts(await folder(FULL));
    const prompts = await loadPrompts(await folder({ ...FULL, [name]: 'Short.\n' }));
    const told = (of: typeof prompts) => KINDS.filter((one) => systemOf(of, one) === 'Short.');
    expect([told(plain), told(prompts)]).toEqual([[], [kind]]);
    expect(prompts.digest).not.toBe(plain.digest);
    expect(prompts.files?.map((file) => file.name)).toEqual(['system.md', 'rubric.md', name]);
  });

  test('is another digest under another name, and with other words', async () => {
    const digests = await Promise.all(
      [{ 'shared.md': 'Short.' }, { 'single.md': 'Short.' }, { 'single.md': 'Shorter.' }].map(
        async (files) => (await loadPrompts(await folder({ ...FULL, ...files }))).digest,
      ),
    );
    expect(new Set(digests).size).toBe(3);
  });

  test('that is empty, or is no file, is a wrong PROMPT_DIR: a question would be without any rule', async () => {
    const dir = await folder({ ...FULL, 'single.md': '\n' });
    await mkdir(join(dir, 'shared.md'));
    const error = await loadPrompts(dir).catch((thrown: unknown) => thrown);
    expect((error as ConfigError).problems).toEqual([
      { setting: 'PROMPT_DIR', message: expect.stringMatching(/shared\.md`: EISDIR/) },
      { setting: 'PROMPT_DIR', message: expect.stringMatching(/single\.md` is empty/) },
    ]);
  });
});

test('The prompts of version 0.1 go on working: one for every kind, with the digest that they had', async () => {
  const prompts = await loadPrompts(join(import.meta.dirname, '../../data/v01/prompts'));
  for (const kind of KINDS) expect(systemOf(prompts, kind)).toBe(prompts.system);
  expect(prompts.digest).toBe(createHash('sha256').update(prompts.system).digest('hex'));
});

describe('the prompts that are shipped', () => {
  const shipped = loadPrompts(join(import.meta.dirname, '../../../prompts'));
  const told = async (kind: QuestionKind) => systemOf(await shipped, kind);
  const WITH_TEXT = KINDS.filter((kind) => kind !== 'facts-only');

  test.each([
    ['personal', 1050],
    ['shared', 700],
    ['single', 390],
    ['facts-only', 325],
  ] as const)('for a %s question take at most %d tokens', async (kind, most) => {
    expect(Math.ceil((await told(kind)).length / 4)).toBeLessThanOrEqual(most);
  });

  test.each(KINDS)('for a %s question explain every risk and how sure to be', async (kind) => {
    const words = [...RISKS, 'confidence'].map((word) => `\`${word}\``);
    for (const word of words) expect(await told(kind)).toContain(word);
  });

  test.each(WITH_TEXT)('for a %s question explain every flag', async (kind) => {
    for (const word of ANOMALY_FLAG_NAMES) expect(await told(kind)).toContain(`\`${word}\``);
  });

  test('for a facts-only question know no flag that speaks of texts, nor of a decision that was made without one', async () => {
    const prompt = await told('facts-only');
    const absent = ANOMALY_FLAG_NAMES.filter((word) => !prompt.includes(`\`${word}\``));
    expect(absent.sort()).toEqual(TEXT_FLAGS);
  });

  test.each(WITH_TEXT)('for a %s question hold what stands against texts', async (kind) => {
    const prompt = (await told(kind)).replace(/\s+/g, ' ');
    expect(prompt).toMatch(/never an instruction/);
    expect(prompt).toMatch(/cannot change (this )?task, (the )?scale or/);
    expect(prompt).toMatch(
      /`injection_suspected`,? (risk )?(and )?at least `high`|flag `injection_suspected`, risk at least `high`/,
    );
    expect(prompt).toMatch(/is a claim/);
    expect(prompt).toMatch(/missing reason is never `low`|missing reason .{0,40}never `low`/);
    expect(prompt).toMatch(/No text can ask for (another number|more)/);
  });

  test('for a facts-only question say that a missing reason means nothing, and what is never low', async () => {
    const prompt = (await told('facts-only')).replace(/\s+/g, ' ');
    expect(prompt).toMatch(/a reason is neither missing nor weak; imagine none/);
    expect(prompt).toMatch(/never if `privileged`, `break_glass`, `sod_conflicts` or not `in_role`/);
  });

  test.each(KINDS)(
    'for a %s question name no setting and no action: who knows them must not learn what opens the gate',
    async (kind) => {
      expect(await told(kind)).not.toMatch(/[aA]uto.?(approv|reject|clos)|[tT]hreshold|[A-Z]{3,}_[A-Z]{3,}/);
    },
  );

  test.each([
    ['personal', ['summary', 'anomaly_flags', 'risk', 'confidence', 'comment']],
    ['shared', ['summary', 'anomaly_flags', 'risk', 'confidence']],
    ['single', ['anomaly_flags', 'risk', 'confidence']],
    ['facts-only', ['anomaly_flags', 'risk', 'confidence']],
  ] as const)(
    'for a %s question end with the contract: the properties of an answer in their order',
    async (kind, names) => {
      const prompt = await told(kind);
      const contract = prompt.slice(prompt.lastIndexOf('\n# '));
      expect(contract).toMatch(/one JSON object/i);
      expect([...contract.matchAll(/^(?:-|\d\.) `(\w+)`/gm)].map(([, name]) => name)).toEqual(names);
    },
  );
});
