/** ledger verify and ledger export: what is needed, what is said, how it ends, and that nothing changes. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { CommandContext } from '../../../src/commands/context/command_context.ts';
import { ledgerExport, ledgerVerify } from '../../../src/commands/ledger.ts';
import { BrokenLedgerError } from '../../../src/ledger/broken_ledger_error.ts';
import { takeLock } from '../../../src/store/lock.ts';
import { lookOf } from '../../../src/terminal/look.ts';
import { systemClock } from '../../../src/util/clock.ts';
import { ConfigError } from '../../../src/util/errors.ts';
import { tempFolder } from '../../helpers/requests.ts';
import { filled, KEY, NOVEMBER, OCTOBER, type Place, SEPTEMBER } from '../../unit/ledger/ledgers.ts';
import { openPlace } from '../place.ts';

/** What `ledgers.ts` seals with. */
const KEY_TEXT = 'a key of the ledger, 32 letters or more';
const RANGE = { from: '2026-10-01', to: '2026-10-31' };

/** A command in this process: what it printed, and its exit code or what it threw. */
async function said(work: () => Promise<number>) {
  const spied = [process.stdout, process.stderr].map((stream) => {
    const printed: string[] = [];
    const spy = vi.spyOn(stream, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    onTestFinished(() => spy.mockRestore());
    return { spy, text: () => printed.join('') };
  });
  const end = await work().catch((error: unknown) => error);
  for (const { spy } of spied) spy.mockRestore();
  const [stdout = '', stderr = ''] = spied.map(({ text }) => text());
  return { end, stdout, stderr };
}

const contextOf = (state: string, env: Record<string, string>): CommandContext => ({
  env: { STATE_DIR: state, REPORT_DIR: join(state, 'reports'), ...env },
  ...{ fileNames: [], remarks: [], look: lookOf({}, false), home: '', version: '0.0.0' },
});
type VerifyPart = { head?: string; keyFile?: string; json?: boolean; env?: Record<string, string> };
const verify = (
  { state }: { state: string },
  { env = { LEDGER_KEY: KEY_TEXT }, head, keyFile, json = false }: VerifyPart = {},
) => said(() => ledgerVerify.run(contextOf(state, env), { head: head ?? null, keyFile: keyFile ?? null, json }));
const exportIt = ({ state }: Place, part: Partial<Parameters<typeof ledgerExport.run>[1]> = {}) =>
  said(() =>
    ledgerExport.run(contextOf(state, { LEDGER_KEY: KEY_TEXT }), {
      ...{ ...RANGE, format: 'csv', kinds: [], out: null, keyFile: null },
      ...part,
    }),
  );
/** Settings that a command refused, with the sentence. */
const refusal = (end: unknown): string => (end instanceof ConfigError ? end.message : `not refused: ${String(end)}`);

describe('ledger verify', () => {
  test('gives 5 for a broken ledger, and as JSON one document with the place', async () => {
    const place = await filled(KEY);
    place.put(OCTOBER, place.text(OCTOBER).replace('req-7', 'req-X'));
    const { end, stdout } = await verify(place);
    expect(end).toBe(5);
    expect(stdout).toMatch(/^✗ the ledger is broken: line 2 of `.*2026-10\.jsonl`: the seal of the entry does not fit/);
    const json = await verify(place, { json: true });
    const file = join(place.folder, OCTOBER);
    expect([json.end, JSON.parse(json.stdout)]).toMatchObject([5, { whole: false, finding: 'altered', file, line: 2 }]);
  });

  test('holds the ledger against what was typed in, the reports and the snapshot', async () => {
    const place = await filled(KEY);
    place.edit(NOVEMBER, (lines) => lines.slice(0, 2));
    const { seal } = JSON.parse(place.lines(SEPTEMBER)[2] ?? '') as { seal: string };
    expect((await verify(place)).stdout).toMatch(/compared {2}with nothing/);
    writeFileSync(join(place.state, 'agent_state.json'), '{}');
    const damaged = await verify(place);
    expect([damaged.end, damaged.stdout]).toEqual([
      5,
      expect.stringMatching(/^✓ the ledger is whole.*\nsnapshot {2}✗/s),
    ]);
    rmSync(join(place.state, 'agent_state.json'));
    const typed = await verify(place, { head: `3:${seal}` });
    expect(typed.end).toBe(0);
    expect(typed.stdout).toMatch(/which agree; the furthest is the head that was typed in with entry 3/);
    const further = await verify(place, { head: `12:${seal}` });
    expect(further.end).toBe(5);
    expect(further.stdout).toMatch(
      /line 3 of `.*2026-11\.jsonl`: the ledger ends with entry 10, and the head that was typed in knows of entry 12/,
    );

    writeFileSync(join(place.state, 'agent_state.json'), JSON.stringify({ record: { entries: 10, seal } }));
    mkdirSync(join(place.state, 'reports'));
    writeFileSync(
      join(place.state, 'reports', '2026-11-20T06-05-54Z.json'),
      JSON.stringify({ record: { entries: 3, seal } }),
    );
    const { end, stdout } = await verify(place);
    expect(end).toBe(5);
    expect(stdout).toMatch(
      /entry 10 is not the one that `.*agent_state\.json` saw.*up to entry 3 it is what `.*05-54Z\.json` saw/,
    );
  });

  test('takes the key from a file before it asks the vault, and says what is wrong with it', async () => {
    const place = await filled(KEY);
    const [keyFile, short] = [join(place.state, 'key'), join(place.state, 'short')];
    writeFileSync(keyFile, `${KEY_TEXT}\n`);
    writeFileSync(short, 'hunter2');
    expect((await verify(place, { keyFile, env: { LEDGER_KEY_ASSET_ID: 'asset-1' } })).end).toBe(0);
    const none = await verify(place, { env: {} });
    expect(none.end).toBe(5);
    expect(none.stdout).toMatch(/finding {3}wrong-key/);
    const { end } = await verify(place, { keyFile: short });
    expect(refusal(end)).toMatch(/--key-file: .*at least 32 characters/);
    expect(refusal(end)).not.toContain('hunter2');
    expect(refusal((await verify(place, { keyFile: 'nowhere' })).end)).toMatch(/`nowhere` cannot be read: ENOENT/);
    // Only with all of its settings can the vault be asked.
    expect(refusal((await verify(place, { env: { LEDGER_KEY_ASSET_ID: 'asset-1' } })).end)).toMatch(
      /VAULT_URL: is required/,
    );
  });

  test('says when there is no ledger, makes no folder for one, and refuses a head that is none', async () => {
    const state = join(tempFolder(), 'state');
    const none = await verify({ state }, { env: {} });
    expect([none.end, none.stdout]).toEqual([0, expect.stringMatching(/there is no ledger yet/)]);
    expect(none.stderr).toBe(`portcullis: nothing is in ${state}: is it the folder that the runs use (STATE_DIR)?\n`);
    expect(existsSync(state)).toBe(false);
    expect((await verify(await filled(KEY))).stderr).toBe('');
    expect(refusal((await verify({ state }, { head: '12' })).end)).toMatch(
      /--head: must be a number of entries, a colon/,
    );
  });
});

describe('ledger export', () => {
  test('writes a file once: the same again is there already, anything else is not overwritten', async () => {
    const place = await filled(KEY);
    const out = join(place.state, 'export.csv');
    expect(await exportIt(place, { out })).toEqual({ end: 0, stdout: `3 entries written to ${out}\n`, stderr: '' });
    expect(readFileSync(out, 'utf8')).toBe((await exportIt(place)).stdout);
    expect((await exportIt(place, { out })).end).toBe(0);
    expect(refusal((await exportIt(place, { out, format: 'json' })).end)).toMatch(/--out: .*is there already/);
    expect(readFileSync(out, 'utf8')).toMatch(/^seq,/);
  });

  test('hands out nothing of a record that is broken, or shorter than a report says', async () => {
    for (const hand of [
      (p: Place) => p.put(SEPTEMBER, ''),
      (p: Place) => p.edit(NOVEMBER, (lines) => lines.slice(1, 1)),
    ]) {
      const place = await filled(KEY);
      const { seal } = JSON.parse(place.lines(NOVEMBER)[3] ?? '') as { seal: string };
      writeFileSync(join(place.state, 'agent_state.json'), JSON.stringify({ record: { entries: 12, seal } }));
      hand(place);
      const out = join(place.state, 'export.csv');
      for (const where of [null, out]) {
        const { end, stdout } = await exportIt(place, { out: where });
        expect(end).toBeInstanceOf(BrokenLedgerError);
        expect(stdout).toBe('');
      }
      expect(existsSync(out)).toBe(false);
    }
  });

  test('warns of a range that is not over, because it may hold more later', async () => {
    const place = await filled(KEY);
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    const warning = /^portcullis: the range is not over yet \(it ends .*Z\): the same export may hold more later\n$/;
    expect((await exportIt(place, { to: at(3_600_000) })).stderr).toMatch(warning);
    expect((await exportIt(place, { to: at(0).slice(0, 10) })).stderr).toMatch(warning);
    expect((await exportIt(place, { to: at(-1000) })).stderr).toBe('');
    const { end, stdout, stderr } = await exportIt(place, { to: '2099-12-31', out: join(place.state, 'x.csv') });
    expect([end, stdout.split(' ')[0], stderr]).toEqual([0, '7', expect.stringMatching(warning)]);
  });

  test('picks kinds, and refuses one that does not exist', async () => {
    const place = await filled(KEY);
    const year = { from: '2026-01-01', to: '2026-12-31', format: 'json' } as const;
    const { stdout } = await exportIt(place, { ...year, kinds: ['ledger.opened', 'mail.sent'] });
    expect(JSON.parse(stdout)).toMatchObject({ entries: [{ seq: 1, kind: 'ledger.opened' }] });
    expect(refusal((await exportIt(place, { ...year, kinds: ['gossip'] })).end)).toMatch(
      /--kind: `gossip` is none of ledger\.opened, /,
    );
  });
});

describe('As a user starts them', () => {
  test('ledger verify works while a run holds the lock, gets the key from the vault and gives it back, and changes nothing', async () => {
    await using world = await openPlace();
    const { sim, home, openCredentials, start } = world;
    const place = await filled(KEY);
    const lock = await takeLock(place.state, systemClock);
    const before = place.names().map(place.text);
    const asset = sim.vault.addAsset({ name: 'Record key', credential: { user: 'portcullis', password: KEY_TEXT } });
    const env = { STATE_DIR: place.state, LEDGER_KEY_ASSET_ID: asset.id };
    const { code, stdout, stderr } = await start(['ledger', 'verify'], env).ended;
    await lock.release();
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^✓ the ledger is whole: 12 entries in 3 files\n[\s\S]*every entry is sealed with it/);
    expect(openCredentials()).toEqual([]);
    expect(place.names().map(place.text)).toEqual(before);
    // The list of open credential requests in the state folder belongs to whoever holds the lock.
    expect(existsSync(join(place.state, '.pending_request.json'))).toBe(false);
    expect(stdout + stderr).not.toContain(KEY_TEXT);
    expect(readdirSync(home)).toEqual([]);
  });

  test('ledger export gives CSV byte for byte on stdout, and a broken ledger ends with 5 and advice', async () => {
    await using world = await openPlace();
    const place = await filled(KEY);
    const command = ['ledger', 'export', '--from', RANGE.from, '--to', RANGE.to];
    const env = { STATE_DIR: place.state, LEDGER_KEY: KEY_TEXT };
    const good = await world.start(command, env).ended;
    expect(good).toMatchObject({ code: 0, stderr: '', stdout: (await exportIt(place)).stdout });
    expect(good.stdout.split('\r\n')).toHaveLength(5);
    place.put(SEPTEMBER, '');
    const { code, stdout, stderr } = await world.start(command, env).ended;
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toMatch(
      /^portcullis: the ledger is broken: .*entries 1 to 5 are missing\n {2}nothing is acted on .*\n$/,
    );
  });

  test('verify, record export and record repair do what they did under the older names', async () => {
    await using world = await openPlace();
    const place = await filled(KEY);
    const env = { STATE_DIR: place.state, LEDGER_KEY: KEY_TEXT };
    const same = async (older: readonly string[], now: readonly string[]) => {
      const [ended, expected] = [await world.start(older, env).ended, await world.start(now, env).ended];
      expect(ended).toEqual(expected);
      return ended;
    };
    const whole = await same(['verify', '--json'], ['ledger', 'verify', '--json']);
    expect([whole.code, JSON.parse(whole.stdout)]).toMatchObject([0, { whole: true }]);
    const range = ['--from', RANGE.from, '--to', RANGE.to];
    const csv = await same(['record', 'export', ...range], ['ledger', 'export', ...range]);
    expect([csv.code, csv.stdout.split('\r\n').length]).toEqual([0, 5]);
    const reason = ['--by', 'lead', '--reason', 'a look at it'];
    const repair = await same(['record', 'repair', ...reason], ['ledger', 'repair', ...reason]);
    expect(repair).toEqual({ code: 0, stdout: 'Nothing to repair: snapshot and ledger are whole.\n', stderr: '' });
    const silent = await same(['record', 'repair', '--reason', ' '], ['ledger', 'repair', '--reason', ' ']);
    expect([silent.code, silent.stderr]).toEqual([2, expect.stringMatching(/^ {2}--reason: must say something\n$/m)]);
  });
});
