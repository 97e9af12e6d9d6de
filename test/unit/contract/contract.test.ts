import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SETTINGS } from '../../../src/config/settings.ts';
import { CONTRACT_FILE, checkContract, contractProblems } from '../../../src/contract/check_contract.ts';
import { contractOfCode } from '../../../src/contract/from_code.ts';
import { HANDOFF, LOOP, MOST_PER_QUESTION, NEVER_EMITTED } from '../../../src/contract/limits.ts';
import { TOOL_OF, TOOLS, type Tool } from '../../../src/contract/tools.ts';
import { ASKED } from '../../../src/decide/decide.ts';
import { NEXT_STEPS } from '../../../src/decide/next_step.ts';
import { ACTION_NAMES } from '../../../src/domain/action.ts';
import { budgetFor, mostHalvings, scoreBatch } from '../../../src/score/batch.ts';
import { Outage } from '../../../src/score/client/outage.ts';
import { ConfigError } from '../../../src/util/errors.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const source = readFileSync(CONTRACT_FILE, 'utf8');
const contract = JSON.parse(source) as Record<string, unknown>;
const tools = Object.entries(TOOLS) as [keyof typeof TOOLS, Tool][];

type Path = readonly (string | number)[];
/** Every value of the file that is not an object, with its path. Lists count as one value. */
function leaves(value: unknown, path: Path = []): [Path, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/** The file with one value put in another's place; `undefined` takes it away. */
function changed(path: Path, value: unknown): string {
  const copy = structuredClone(contract);
  const holder = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>((inner, key) => inner[key] as Record<string, unknown>, copy);
  const last = path.at(-1) as string;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return JSON.stringify(copy);
}

/** What a person writes and code cannot know: only its shape is held. */
const AUTHORED = /^(version|last_reviewed|worst_case_action|authority_boundary|tags|.*\.note)$/;

describe('agentaz.json', () => {
  test('says what the code does', async () => {
    expect(contractProblems(source)).toEqual([]);
    await expect(checkContract()).resolves.toBeUndefined();
  });

  const fields = leaves(contract).map(([path, value]) => [path.join('.'), path, value] as const);

  test.each(fields)('without `%s` the program does not start', (name, path) => {
    const problems = contractProblems(changed(path, undefined));
    expect(problems.join('\n')).toContain(`\`${name}`);
  });

  test.each(fields)('with `%s` of another type the program does not start', (name, path, value) => {
    const other = typeof value === 'string' || Array.isArray(value) ? 7 : 'seven';
    expect(contractProblems(changed(path, other)).join('\n')).toContain(`\`${name}`);
  });

  const known = fields.filter(([name]) => !AUTHORED.test(name));
  test.each(known)('with another `%s` than the code has the program does not start', (name, path, value) => {
    const others = Array.isArray(value)
      ? [value.slice(1), [...value, Array.isArray(value[0]) ? ['AUTO'] : 'delete_everything']]
      : typeof value === 'boolean'
        ? [!value]
        : typeof value === 'number'
          ? [value + 1, 0.5]
          : value === null
            ? [0.25]
            : [`${value}x`];
    for (const other of others) expect(contractProblems(changed(path, other)).join('\n')).toContain(`\`${name}`);
  });

  test.each(fields.filter(([name]) => AUTHORED.test(name)))('an empty `%s` is refused', (name, path, value) => {
    expect(contractProblems(changed(path, Array.isArray(value) ? [] : ' ')).join('\n')).toContain(`\`${name}`);
  });

  test('a field that nobody checks is refused, at every depth', () => {
    for (const path of [
      ['promise'],
      ['audit', 'promise'],
      ['tool_boundary', 'promise'],
      ['cost_boundary', 'promise'],
    ]) {
      expect(contractProblems(changed(path, true))).not.toEqual([]);
    }
    expect(
      contractProblems(changed(['tool_boundary', 'auto_executable_only_with', 'delete_x'], [['A']])).join(),
    ).toContain('names `delete_x`, which the code has not');
  });

  test('every difference is told at once, with the path of its key and both sides', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'contract-')), 'agentaz.json');
    const copy = structuredClone(contract) as ReturnType<typeof contractOfCode> & Record<string, unknown>;
    Object.assign(copy.loop_boundary, { max_reasoning_turns: 3 });
    Object.assign(copy.audit, { tamper_evident: false });
    copy.tool_boundary.allowed_tools = copy.tool_boundary.allowed_tools.filter((name) => name !== 'send_run_mail');
    writeFileSync(file, JSON.stringify(copy));
    const error = await checkContract(file).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems).toEqual([
      { setting: 'agentaz.json', message: '`tool_boundary.allowed_tools` lacks `"send_run_mail"`, which the code has' },
      {
        setting: 'agentaz.json',
        message: `\`loop_boundary.max_reasoning_turns\` says \`3\`, the code has \`${LOOP.max_reasoning_turns}\``,
      },
      { setting: 'agentaz.json', message: '`audit.tamper_evident` says `false`, the code has `true`' },
    ]);
  });

  test.each([
    ['is no JSON', '{'],
    ['is a list', '[]'],
    ['is empty', ''],
  ])('a file that %s is a problem, not a crash', (_, text) => {
    expect(contractProblems(text)).not.toEqual([]);
  });

  test('a ceiling in dollars is a promise, which a setting keeps that is not above it', () => {
    const promised = changed(['cost_boundary', 'max_usd_per_trace_loop'], 2);
    const name = '`cost_boundary.max_usd_per_trace_loop`';
    for (const perRun of [2, 0.5]) expect(contractProblems(promised, { perRun })).toEqual([]);
    expect(contractProblems(promised, { perRun: 2.5 })).toEqual([`${name} says \`2\`, the code has \`2.5\``]);
    expect(contractProblems(promised)).toEqual([`${name} says \`2\`, the code has \`null\``]);
    // What is not promised may be set all the same.
    expect(contractProblems(source, { perRun: 2, alertPerRun: 1 })).toEqual([]);
  });

  test('a file that is not there is a problem of the configuration', async () => {
    await expect(checkContract(join(tmpdir(), 'no-such-contract.json'))).rejects.toThrow(ConfigError);
  });
});

describe('the table of tools', () => {
  test.each(tools)('%s begins with its verb and leads to code that exists', async (name, { code }) => {
    expect(name).toMatch(
      /^(list|read|discover|request|release|rate|confirm|grant|reject|revoke|record|write|send)_[a-z_]+$/,
    );
    const [file, part] = code.split('#') as [string, string];
    const module = (await import(join(ROOT, 'src', file))) as Record<string, unknown>;
    expect(typeof module[part]).toBe('function');
  });

  test('holds every address of the vault that the settings know, so that a new one needs a new tool', () => {
    const addresses = Object.keys(SETTINGS).filter((name) => name.startsWith('VAULT_PATH_'));
    expect([...new Set(tools.flatMap(([, tool]) => tool.addresses ?? []))].sort()).toEqual(addresses.sort());
  });

  test('ties every action to the switches that deciding asks for', () => {
    for (const action of ACTION_NAMES) {
      const { switches } = TOOLS[TOOL_OF[action]].runs;
      expect(switches).toEqual(ASKED[action].switches.map((name) => ['AUTONOMOUS_MODE', name]));
      for (const name of switches.flat()) expect(Object.keys(SETTINGS)).toContain(name);
    }
    const switched = tools.filter(([, { runs }]) => typeof runs === 'object').map(([name]) => name);
    expect(switched.sort()).toEqual(Object.values(TOOL_OF).sort());
  });

  test('is what makes the agent an A4: it can act without a person, within declared bounds', () => {
    const { tool_boundary: boundary } = contractOfCode();
    expect(boundary.auto_executable_tools).toEqual(expect.arrayContaining(Object.values(TOOL_OF)));
    expect(boundary.execution_tools_absent).toBe(false);
    expect([...boundary.auto_executable_tools, ...boundary.approval_required_tools].sort()).toEqual(
      [...boundary.allowed_tools].sort(),
    );
  });
});

describe('the limits are the ones that the code keeps', () => {
  test('no setting lets more requests into one question', () => {
    const { schema } = SETTINGS.OPENAI_ANALYSIS_BATCH_SIZE;
    expect(schema.safeParse(String(MOST_PER_QUESTION)).success).toBe(true);
    expect(schema.safeParse(String(MOST_PER_QUESTION + 1)).success).toBe(false);
  });

  test('a model that never gives a usable answer is asked no more often than promised', async () => {
    let asked = 0;
    const batch = Array.from({ length: MOST_PER_QUESTION }, (_, n) => ({ slot: `s${n}` }));
    await scoreBatch(batch, {
      kind: 'personal',
      model: {
        model: 'm',
        ask: async () => {
          asked++;
          return { kind: 'text', text: 'no', spent: { calls: 1, promptTokens: 0, completionTokens: 0 } };
        },
      },
      system: '',
      write: () => '',
      outage: new Outage(),
      signal: new AbortController().signal,
    });
    expect(asked).toBe(budgetFor(MOST_PER_QUESTION));
    expect(budgetFor(MOST_PER_QUESTION) + mostHalvings(MOST_PER_QUESTION)).toBe(LOOP.max_questions_per_scoring_batch);
  });

  test('every next step that waits for somebody is a hand-off', () => {
    const silent = Object.keys(NEXT_STEPS).filter((name) => !HANDOFF.triggers.includes(name));
    expect(silent).toEqual(['settled', 'capped']);
    for (const name of HANDOFF.destination.match(/[A-Z]+_[A-Z_]+/g) ?? [])
      expect(Object.keys(SETTINGS)).toContain(name);
  });

  test('what is never emitted is held by a test that exists', () => {
    for (const file of Object.values(NEVER_EMITTED)) expect(existsSync(join(ROOT, file))).toBe(true);
  });
});
