/** Ceilings in dollars, over whole runs: nothing is sent that could pass them, and what was not asked is not acted on. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { ConfigError } from '../../src/util/errors.ts';
import { DAY, openPlace, type Place, type Ran, type Settings } from './place.ts';
import { byTag } from './tagged_model.ts';

/** Four questions at a time, one request each, and dear answers. */
const DEAR: Settings = {
  OPENAI_ASSET_ID: '',
  OPENAI_ANALYSIS_BATCH_SIZE: '1',
  OPENAI_CONCURRENCY: '4',
  ASSESSMENTS_REMEMBER: 'false',
};

async function dearPlace(changes: Settings = {}) {
  const place = await openPlace({ model: { behaviour: byTag, delayMs: 5 } }, { ...DEAR, ...changes });
  const key = place.sim.vault.asset(place.sim.estate.openaiKey.id)?.credential?.password ?? '';
  for (let n = 0; n < 12; n += 1) {
    place.request(`a low one ${n}`, 'low', { message: `[low] Replace toner ${n}, CHG0041234` });
  }
  return Object.assign(place, {
    dear: (settings: Settings = {}) => place.run({ settings: { OPENAI_API_KEY: key, ...settings } }),
    key,
    spendFile: join(place.state, 'spend.json'),
  });
}

const unscored = ({ record }: Ran) => record.reviewed.filter(({ assessment }) => assessment.kind === 'unscored').length;
const scored = (ran: Ran) => ran.record.reviewed.length - unscored(ran);
const spentIn = ({ record }: Ran) => record.usage.usd ?? Number.NaN;
const onDisk = (place: { spendFile: string }): number =>
  Object.values<number>(JSON.parse(readFileSync(place.spendFile, 'utf8')).days).reduce((a, b) => a + b, 0);
/** By the simulator's own count and the row of its model in `prices.yml`, without what came out of the cache. */
const billed = ({ sim }: Place): number =>
  sim.model.calls.reduce((sum, { system, user }) => sum + (system.length + user.length) / 4 / 1e6, 0);

describe.concurrent('a run', () => {
  test('tells what it cost, in report, JSON twin and mail', async () => {
    await using place = await dearPlace();
    const ran = await place.dear({ ALERT_USD_PER_RUN: '0.0001' });
    expect([ran.code, unscored(ran)]).toEqual([0, 0]);
    expect(spentIn(ran)).toBeGreaterThan(0);
    expect(spentIn(ran)).toBeLessThan(4 * billed(place));
    expect(onDisk(place)).toBeCloseTo(spentIn(ran), 6);
    expect(ran.report).toMatch(/\*\*Model:\*\* 14 assessed now, 0 remembered, about \d\.\d{4} USD/);
    expect(ran.report).toMatch(/of them out of its cache/);
    expect(ran.report).toMatch(/The model has cost about .* ALERT_USD_PER_RUN/);
    expect(ran.json.usage).toMatchObject({
      usd: expect.closeTo(spentIn(ran), 6),
      cached_prompt_tokens: expect.any(Number),
    });
    const mail = place.sim.mailbox.mails.at(-1)?.html ?? '';
    expect([mail.includes('14 assessed now'), mail.includes('ALERT_USD_PER_RUN')]).toEqual([true, true]);
  });

  test('ends at MAX_USD_PER_RUN in the middle, never above it; the rest is unscored and not acted on', async () => {
    await using place = await dearPlace();
    // A question may cost about 0.015 USD and costs about 0.001; those by facts alone go first.
    const ceiling = 0.75 * spentIn(await place.dear({ HALT: 'true' })) + 0.015;
    const ran = await place.dear({ MAX_USD_PER_RUN: ceiling.toFixed(6) });
    expect(ran.code).toBe(4);
    expect(spentIn(ran)).toBeLessThanOrEqual(ceiling);
    expect(unscored(ran)).toBeGreaterThan(0);
    expect(unscored(ran)).toBeLessThan(ran.record.reviewed.length);
    for (const { assessment, outcome } of ran.record.reviewed) {
      if (assessment.kind === 'unscored')
        expect([assessment.why, outcome]).toEqual([expect.stringContaining('MAX_USD_PER_RUN='), null]);
    }
    expect(ran.report).toMatch(/unscored: the ceiling MAX\\?_USD\\?_PER\\?_RUN=[\d.]+ is reached/);
    expect(place.sim.mailbox.mails.at(-1)?.html).toContain('the ceiling MAX_USD_PER_RUN');
  });

  test('that meets a limit mails where nothing else would, and warns of the threshold in the log too', async () => {
    await using place = await dearPlace({ ALERT_ON_RUN_SUMMARY: 'false', ALERT_ON_HIGH_RISK: 'false' });
    const subjects = () => place.sim.mailbox.mails.map(({ subject }) => subject);
    // It only observes: a run that acted would mail.
    const quiet = await place.dear({ AUTONOMOUS_MODE: 'false' });
    expect([quiet.json.usage, subjects()]).toEqual([expect.objectContaining({ limits_met: [] }), []]);

    const warned = await place.dear({ ALERT_USD_PER_RUN: '0.0001' });
    expect(subjects()).toEqual([expect.stringMatching(/cost alert/)]);
    expect(place.sim.mailbox.mails.at(-1)?.html).toContain('ALERT_USD_PER_RUN');
    expect(warned.record.warnings.filter((warning) => warning.includes('ALERT_USD_PER_RUN'))).toHaveLength(1);
    expect(warned.log).toMatch(/ALERT_USD_PER_RUN is .*run\.warning/);

    const ended = await place.dear({ MAX_USD_PER_RUN: '0.02' });
    expect(subjects().slice(1)).toEqual([expect.stringMatching(/COST CEILING REACHED/)]);
    expect(ended.json.usage).toMatchObject({ limits_met: ['ceiling'] });
  });

  test('wherever its ceiling lies, approves nothing without both readings, and never spends more', async () => {
    await using place = await dearPlace();
    const whole = spentIn(await place.dear({ HALT: 'true' }));
    const missing: boolean[] = [];
    for (const share of [0.2, 0.4, 0.6, 0.8]) {
      const ceiling = share * whole + 0.01;
      const ran = await place.dear({ MAX_USD_PER_RUN: ceiling.toFixed(6) });
      expect(spentIn(ran)).toBeLessThanOrEqual(ceiling);
      for (const { assessment, confirmation, decision } of ran.record.reviewed) {
        const both = assessment.kind === 'scored' && confirmation?.assessment.kind === 'scored';
        if (decision.verdict !== 'hold') expect(both).toBe(true);
        missing.push(!both);
      }
    }
    expect(missing).toContain(true);
  });

  test('counts the runs of a day together, and begins anew on the next', async () => {
    await using place = await dearPlace({ MAX_USD_PER_DAY: '0.06', HALT: 'true' });
    const runs = [await place.dear(), await place.dear(), await place.dear()];
    expect(runs.map(spentIn).reduce((a, b) => a + b)).toBeLessThanOrEqual(0.06);
    expect(runs.map(unscored)[0]).toBe(0);
    expect(scored(runs[2] as Ran)).toBeLessThan(2);
    expect(runs[2]?.report).toMatch(/MAX\\?_USD\\?_PER\\?_DAY=0\.06/);
    place.later(DAY);
    expect(scored(await place.dear())).toBeGreaterThan(2);
  });

  test('asks nothing when the spending of the day cannot be read, and says which file it is', async () => {
    await using place = await dearPlace({ MAX_USD_PER_DAY: '5' });
    expect((await place.dear({ HALT: 'true' })).code).toBe(0);
    writeFileSync(place.spendFile, '{"days":');
    const before = place.sim.model.calls.length;
    const ran = await place.dear();
    expect([ran.code, scored(ran), place.sim.model.calls.length - before]).toEqual([4, 0, 0]);
    expect(ran.report).toContain('spend.json');
    expect([place.acts(), readFileSync(place.spendFile, 'utf8')]).toEqual([[], '{"days":']);
  });

  test('with a ceiling and an endpoint that counts nothing says that this is why it ends early', async () => {
    await using place = await openPlace({ model: { behaviour: byTag, like: 'gateway' } }, DEAR);
    const key = place.sim.vault.asset(place.sim.estate.openaiKey.id)?.credential?.password ?? '';
    for (let n = 0; n < 12; n += 1) place.request(`one ${n}`, 'low', { message: `[low] Replace toner ${n}` });
    const settings = { OPENAI_API_KEY: key, MAX_USD_PER_RUN: '0.1' };
    const { code, report, record } = await place.run({ settings });
    expect(code).toBe(4);
    expect(record.problems.map(({ message }) => message).join()).toMatch(
      /the ceiling MAX_USD_PER_RUN=0\.1 is reached; the endpoint does not say what its answers take/,
    );
    expect(record.warnings.filter((warning) => warning.includes('`usage`'))).toEqual([
      expect.stringMatching(/did not say what \d+ answers took .* reached early/),
    ]);
    expect(report).toContain('did not say what');
    expect(place.sim.mailbox.mails.at(-1)?.html).toContain('did not say what');
  });

  test('with an endpoint that counts nothing and no ceiling says nothing about it', async () => {
    await using place = await openPlace({ model: { behaviour: byTag, like: 'gateway' } });
    place.request('a low one', 'low');
    const { code, record } = await place.run();
    expect([code, record.warnings.filter((warning) => warning.includes('usage'))]).toEqual([0, []]);
  });

  test('with a ceiling and no price of the model does not start, and names the file', async () => {
    await using place = await dearPlace();
    const prices = join(place.folder, 'prices.yml');
    writeFileSync(prices, 'another-model: { input: 1, output: 1, as_of: 2026-01-01 }\n');
    for (const setting of ['MAX_USD_PER_RUN', 'MAX_USD_PER_DAY', 'ALERT_USD_PER_RUN']) {
      const error = await place.dear({ PRICE_FILE: prices, [setting]: '1' }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as Error).message).toMatch(new RegExp(`${setting}: .*sim-reviewer-1.*prices\\.yml.*PRICE_FILE`));
    }
    const ran = await place.dear({ PRICE_FILE: prices, HALT: 'true' });
    expect([ran.code, ran.json.usage]).toEqual([0, expect.objectContaining({ usd: null })]);
    expect(ran.report).toContain('cost unknown');
  });
});

test('a run that is killed leaves on disk what it spent, and the next one goes on from there', async () => {
  await using place = await dearPlace({ MAX_USD_PER_DAY: '5', HALT: 'true' });
  place.sim.model.delayMs = 100;
  const { child, ended } = place.start(['run'], { OPENAI_API_KEY: place.key });
  await vi.waitFor(() => expect(place.sim.model.calls.length).toBeGreaterThanOrEqual(6), { timeout: 60_000 });
  child.kill('SIGKILL');
  await ended;
  const left = onDisk(place);
  expect(left).toBeGreaterThanOrEqual(billed(place) / 4);
  const next = await place.dear();
  expect(onDisk(place)).toBeCloseTo(left + spentIn(next), 6);
});
