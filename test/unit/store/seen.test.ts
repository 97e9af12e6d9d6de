import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keepSeen, readSeen } from '../../../src/store/seen.ts';
import { tempFolder } from '../../helpers/requests.ts';

const folder = tempFolder;

describe('What was seen', () => {
  test('is nothing in a state folder of an earlier version, and no file is made for nothing', async () => {
    const state = folder();
    expect((await readSeen(state))('record 1')).toBe(false);
    await keepSeen(state, []);
    expect(readdirSync(state)).toEqual([]);
  });

  test('is known to the next run, and forgotten when it is gone', async () => {
    const state = folder();
    await keepSeen(state, ['record 1', 'status 2 Pending']);
    const seen = await readSeen(state);
    expect(['record 1', 'status 2 Pending', 'record 2'].map(seen)).toEqual([true, true, false]);
    await keepSeen(state, ['record 2']);
    expect(['record 1', 'record 2'].map(await readSeen(state))).toEqual([false, true]);
    await keepSeen(state, []);
    expect((await readSeen(state))('record 2')).toBe(false);
  });

  test('holds nothing of what the vault wrote', async () => {
    const state = folder();
    await keepSeen(state, ['record hunter2']);
    expect(readFileSync(join(state, 'seen.json'), 'utf8')).not.toContain('hunter2');
  });

  test.each(['', '{', '[]', '{"unreadable":[1]}', 'null'])('counts as nothing when its file holds %j', async (text) => {
    const state = folder();
    writeFileSync(join(state, 'seen.json'), text);
    expect((await readSeen(state))('record 1')).toBe(false);
    await keepSeen(state, ['record 1']);
    expect((await readSeen(state))('record 1')).toBe(true);
  });
});
