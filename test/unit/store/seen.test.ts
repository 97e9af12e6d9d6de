import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keepSeen, readSeen } from '../../../src/store/seen.ts';
import { tempFolder } from '../../helpers/requests.ts';

const folder = tempFolder;

describe('What was seen', () => {
  test('is nothing in a state folder of an earlier version, and no file is made for nothing', async () => {
    const state = folder();
    expect((await readSeen(state)).told('record 1')).toBe(false);
    await keepSeen(state, [], null);
    expect(readdirSync(state)).toEqual([]);
  });

  test('is known to the next run, and forgotten when it is gone', async () => {
    const state = folder();
    await keepSeen(state, ['record 1', 'status 2 Pending'], null);
    const { told } = await readSeen(state);
    expect(['record 1', 'status 2 Pending', 'record 2'].map(told)).toEqual([true, true, false]);
    await keepSeen(state, ['record 2'], null);
    expect(['record 1', 'record 2'].map((await readSeen(state)).told)).toEqual([false, true]);
    await keepSeen(state, [], null);
    expect((await readSeen(state)).told('record 2')).toBe(false);
  });

  test('keeps when the newest request was created, also behind a run that saw none', async () => {
    const state = folder();
    expect((await readSeen(state)).newest).toBeNull();
    await keepSeen(state, [], 1_796_032_800_000);
    await keepSeen(state, ['record 1'], null);
    expect((await readSeen(state)).newest).toBe(1_796_032_800_000);
  });

  test('holds nothing of what the vault wrote', async () => {
    const state = folder();
    await keepSeen(state, ['record hunter2'], null);
    expect(readFileSync(join(state, 'seen.json'), 'utf8')).not.toContain('hunter2');
  });

  test.each(['', '{', '[]', '{"unreadable":[1]}', 'null'])('counts as nothing when its file holds %j', async (text) => {
    const state = folder();
    writeFileSync(join(state, 'seen.json'), text);
    expect((await readSeen(state)).told('record 1')).toBe(false);
    await keepSeen(state, ['record 1'], null);
    expect((await readSeen(state)).told('record 1')).toBe(true);
  });
});
