import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Shown } from '../../../bench/recipe/assess.ts';
import { readsBoth } from '../../../bench/recipe/reads.ts';
import { openProgram, type Program } from '../../../bench/stage/program.ts';
import { tokensOf } from '../../../bench/stage/seen.ts';
import { fillBusyWindow } from '../../../bench/window/busy.ts';
import { USUAL_SHARES } from '../../../bench/window/shares.ts';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';

const FOLDER = join(import.meta.dirname, '../../../bench/recipe');
const REQUESTS = 260;

let simulator: Simulator;
let program: Program;
let atOnce = 0;
let most = 0;

const asked = (): Shown[][] => simulator.model.calls.map(({ user }) => JSON.parse(user) as Shown[]);
const writes = () => simulator.journal.of('approve', 'reject', 'complete');

beforeAll(async () => {
  simulator = await startSimulator({ data: 'none', vault: { credentialWorkflow: false } });
  fillBusyWindow(simulator.vault, REQUESTS, USUAL_SHARES, Date.now());
  simulator.model.behaviour = async (call, rated) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    await new Promise((resolve) => setTimeout(resolve, 5));
    atOnce -= 1;
    return readsBoth(call, rated);
  };
  const settings = { ...simulator.settings, NODE_EXTRA_CA_CERTS: simulator.caFile };
  program = openProgram(settings, [join(FOLDER, 'agent.ts')]);
});

afterAll(async () => {
  program[Symbol.dispose]();
  await simulator.close();
});

describe('the recipe, run once', () => {
  beforeAll(async () => {
    expect(await program.run()).toMatchObject({ end: '0' });
  });

  test('reads the window page after page', () => {
    const pages = simulator.journal.calls.flatMap(({ url }) => /auditor-requests.*pgp=(\d+)/.exec(url)?.[1] ?? []);
    expect(pages).toEqual(['0', '200']);
  });

  test('asks about every request once, 25 in a question, and one question after the other', () => {
    expect(asked().map(({ length }) => length)).toEqual([...Array<number>(10).fill(25), 10]);
    const ids = asked().flatMap((records) => records.map(({ id }) => id));
    expect(new Set(ids)).toEqual(new Set(simulator.vault.all().map(({ id }) => id)));
    expect(most).toBe(1);
  });

  test('reads each asset once, and its container', () => {
    const read = simulator.journal.calls.flatMap(({ url }) => /asset\/asset\/([\w-]+)/.exec(url)?.[1] ?? []);
    const assets = simulator.vault.all().flatMap(({ entityId }) => entityId ?? []);
    expect(new Set(read).intersection(new Set(assets)).size).toBe(new Set(assets).size);
    expect(read).toHaveLength(2 * new Set(assets).size);
    expect(asked()[0]?.[0]).toMatchObject({ asset_type: expect.any(String), container: expect.stringMatching(/^\//) });
  });

  test('approves and rejects what is Active, closes what is Approved, and each is taken', () => {
    const kinds = new Set(writes().map(({ what, before, status }) => `${what} ${before} ${status}`));
    expect(kinds).toEqual(new Set(['approve Active 200', 'reject Active 200', 'complete Approved 200']));
    expect(new Set(writes().map(({ contentType }) => contentType))).toEqual(new Set(['text/plain; charset=utf-8']));
  });

  test('sends one mail', () => {
    expect(simulator.mailbox.mails).toHaveLength(1);
  });

  // Nobody wins by a fat opponent: these two figures are those of issue 14.
  test('asks about 147 tokens for each request, and is answered 71', () => {
    const sum = (of: (call: Simulator['model']['calls'][number]) => number) =>
      tokensOf(simulator.model.calls.reduce((all, call) => all + of(call), 0)) / REQUESTS;
    const nearly = (figure: number, wanted: number) => Math.abs(figure / wanted - 1) < 0.05;
    const [askedFor, answered] = [
      sum(({ system, user }) => system.length + user.length),
      sum((one) => one.answered?.length ?? 0),
    ];
    expect(askedFor).toSatisfy((figure: number) => nearly(figure, 147));
    expect(answered).toSatisfy((figure: number) => nearly(figure, 71));
  });

  test('remembers only what it acted on: the next run asks everything again and acts on nothing', async () => {
    const [questions, done] = [simulator.model.calls.length, writes().length];
    await program.run();
    expect(simulator.model.calls).toHaveLength(2 * questions);
    // What took one of two approvals is still Active, and would be approved again.
    expect(simulator.vault.all().some(({ status, level }) => status === 'Active' && level === 2)).toBe(true);
    expect(writes()).toHaveLength(done);
  });
});

test('the recipe shares no code with the program, nor with the simulator', () => {
  // `reads.ts` is the model's side, `side_by_side.ts` the table.
  const own = readdirSync(FOLDER).filter((name) => !['reads.ts', 'side_by_side.ts'].includes(name));
  const imports = own.flatMap((name) =>
    [...readFileSync(join(FOLDER, name), 'utf8').matchAll(/from '([^']+)'/g)].map(([, from]) => from ?? ''),
  );
  expect(imports.filter((from) => !/^(node:\w+|\.\/\w+\.ts)$/.test(from))).toEqual([]);
});
