import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = resolve(import.meta.dirname, '../../src');

/** From the ground up; a file may import from its own floor's folder and from any floor below. */
const FLOORS: readonly (readonly string[])[] = [
  ['kit'],
  ['request'],
  ['config', 'screen'],
  ['state'],
  ['vault', 'enrich', 'policy', 'plan', 'score', 'decide', 'act', 'report', 'alert'],
  [
    'run.ts',
    'run_steps.ts',
    'run_prepare.ts',
    'run_execute.ts',
    'run_draft.ts',
    'run_facts.ts',
    'run_step_counts.ts',
    'exit_codes.ts',
  ],
  ['replay'],
  ['daemon', 'terminal', 'simulator', 'contract', 'explain', 'backtest', 'policy_check', 'policy_test', 'record'],
  ['wiring'],
  ['app.ts'],
  ['commands'],
  ['cli.ts'],
];

/** Sentences for what the general rule does not say. */
const SPECIAL: readonly { who: RegExp; mayNot: RegExp; because: string }[] = [
  {
    who: /^simulator\//,
    mayNot: /^(?!simulator\/)/,
    because: 'the simulator shares no code with the client side: a wrong guess must not agree with itself',
  },
  {
    who: /^(decide|request|screen)\//,
    mayNot: /^kit\/(clock|log|progress)/,
    because: 'decide/, request/ and screen/ are pure',
  },
  { who: /^decide\//, mayNot: /^state\//, because: 'decide/ is pure: what it needs from the memory is handed in' },
  { who: /^(?!commands\/|simulator\/)/, mayNot: /^simulator\//, because: 'only demo and simulate start the simulator' },
];

type Import = { readonly from: string; readonly to: string };

function sources(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...found].map(([, target]) => ({
    from: file,
    to: relative(SRC, resolve(SRC, dirname(file), target ?? '')),
  }));
}

const floorOf = (file: string): number => FLOORS.findIndex((names) => names.includes(file.split('/')[0] ?? ''));

/** The sentence for one import that jumps; null for one that is fine. */
function complaint({ from, to }: Import): string | null {
  const [room, target] = [from.split('/')[0], to.split('/')[0]];
  for (const { who, mayNot, because } of SPECIAL) {
    if (who.test(from) && mayNot.test(to)) return `src/${from} imports src/${to}: ${because}`;
  }
  if (room === target || floorOf(to) < floorOf(from)) return null;
  if (floorOf(to) === floorOf(from) && room?.endsWith('.ts')) return null;
  const advice =
    floorOf(to) === floorOf(from)
      ? 'rooms on one floor are blind to each other; what one hands the next is a type from src/request/'
      : `${target} is above ${room}; move what is needed down, or hand it in from app.ts`;
  return `src/${from} imports src/${to}: ${advice}`;
}

describe('the floors of the house', () => {
  test('every file of src stands on a floor', () => {
    expect(sources().filter((file) => floorOf(file) === -1)).toEqual([]);
  });

  test('imports go down only', () => {
    const complaints = sources()
      .flatMap(importsOf)
      .map(complaint)
      .filter((c) => c !== null);
    expect(complaints).toEqual([]);
  });

  test('an import that jumps a floor is told with the place where the code belongs', () => {
    expect(complaint({ from: 'score/score.ts', to: 'vault/listing.ts' })).toContain('src/request/');
    expect(complaint({ from: 'request/risk.ts', to: 'run.ts' })).toContain('above');
    expect(complaint({ from: 'simulator/vault/wire.ts', to: 'vault/wire.ts' })).toContain('shares no code');
    expect(complaint({ from: 'decide/decide.ts', to: 'kit/clock.ts' })).toContain('pure');
  });
});

describe('what only one place may do', () => {
  const allowed: readonly { what: RegExp; where: RegExp; because: string }[] = [
    { what: /process\.env/, where: /^cli\.ts$/, because: 'the environment is read once, at the door' },
    {
      what: /Date\.now\(|new Date\(\)/,
      where: /^(kit\/clock|simulator\/options)\.ts$/,
      because: 'time comes from one injected clock',
    },
    { what: /console\./, where: /^$/, because: 'lines go through the log or to stdout as the result of a command' },
    {
      what: /rejectUnauthorized: (?!!options\.tlsInsecure|true)/,
      where: /^$/,
      because: 'certificates are always verified',
    },
    {
      what: /process\.(stdout|stderr)\.write/,
      where: /^terminal\/say\.ts$/,
      because: 'one door leads to the terminal, and writes out whatever would act on it',
    },
    {
      what: /JSON\.stringify\([^\n]*, null, \d\)/,
      where: /^(kit\/json_text|simulator\/.*)\.ts$/,
      because: 'one door makes the JSON that people look at (jsonText)',
    },
  ];
  test.each(allowed)('$what stands nowhere else, because $because', ({ what, where }) => {
    const elsewhere = sources().filter((file) => !where.test(file) && what.test(withoutComments(file)));
    expect(elsewhere).toEqual([]);
  });

  test('whoever opens connections says that certificates are verified, or the environment could switch it off', () => {
    const opening = sources().filter((file) => /new (https\.)?Agent\(|buildConnector\(/.test(withoutComments(file)));
    const silent = opening.filter((file) => !withoutComments(file).includes('rejectUnauthorized'));
    expect(silent.filter((file) => !file.startsWith('simulator/'))).toEqual([]);
    expect(opening.length).toBeGreaterThan(3);
  });

  test('paths and field names of the vault stand in vault/, the settings and the simulator only', () => {
    const words = /api\/request|api\/asset|api\/mcp|auditor-requests|MSG-0|'ousr'|\.ousr/;
    const elsewhere = sources().filter(
      (file) => !/^(vault|simulator)\/|^config\/settings\.ts$/.test(file) && words.test(withoutComments(file)),
    );
    expect(elsewhere).toEqual([]);
  });

  function withoutComments(file: string): string {
    return readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  }
});
