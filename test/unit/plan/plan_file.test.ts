import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PlanError } from '../../../src/plan/plan_error.ts';
import { readPlan, refuseForeignFile, writePlan } from '../../../src/plan/plan_file.ts';
import { tempFolder } from '../../helpers/requests.ts';
import { aPlan } from './plans.ts';

const refused = async (work: Promise<unknown>): Promise<PlanError> => {
  const error = await work.then(() => null).catch((e: unknown) => e);
  if (!(error instanceof PlanError)) throw new Error('it was not refused');
  return error;
};

describe('The file of a plan', () => {
  test('is read back as it was written, for the own user only, with nothing left beside it', async () => {
    const folder = tempFolder();
    const file = join(folder, 'plan.json');
    writeFileSync(file, '');
    chmodSync(file, 0o644);
    await writePlan(file, aPlan());
    expect(await readPlan(file)).toEqual(aPlan());
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['plan.json']);
  });

  const damaged: readonly [string, string, RegExp][] = [
    ['empty', '', /not JSON/],
    ['cut short', JSON.stringify(aPlan()).slice(0, -20), /not JSON/],
    ['no object', 'null', /does not fit/],
    ['another document', '{"name":"portcullis"}', /does not fit/],
    ['of another version', JSON.stringify({ ...aPlan(), schema_version: 3 }), /version 3/],
    ['with a field too many', JSON.stringify({ ...aPlan(), approved_by: 'me' }), /does not fit/],
    ['with a field too few', JSON.stringify({ ...aPlan(), digest: undefined }), /`digest`/],
    [
      'with an action that does not exist',
      JSON.stringify(aPlan()).replace('"reject"', '"grant"'),
      /`entries.1.action`/,
    ],
    ['with a run id that leads elsewhere', JSON.stringify({ ...aPlan(), run_id: '../../x' }), /`run_id`/],
    ['with a date that is none', JSON.stringify({ ...aPlan(), expires: 'never' }), /`expires`/],
  ];
  test.each(damaged)('that is %s is a bad file', async (_what, text, says) => {
    const file = join(tempFolder(), 'plan.json');
    writeFileSync(file, text);
    const error = await refused(readPlan(file));
    expect(error.message).toMatch(says);
    expect(error.badFile).toBe(true);
  });

  test('that is not there, or is a folder, is a bad file', async () => {
    const folder = tempFolder();
    expect((await refused(readPlan(join(folder, 'none.json')))).badFile).toBe(true);
    expect((await refused(readPlan(folder))).badFile).toBe(true);
  });
});

describe('Where a plan may be written', () => {
  test('to a new name, over an empty file and over an older plan', async () => {
    const folder = tempFolder();
    await refuseForeignFile(join(folder, 'new.json'));
    writeFileSync(join(folder, 'empty.json'), '');
    await refuseForeignFile(join(folder, 'empty.json'));
    await writePlan(join(folder, 'old.json'), aPlan());
    await refuseForeignFile(join(folder, 'old.json'));
  });

  test('never over anything else', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, '.env'), 'VAULT_URL=https://vault.example');
    mkdirSync(join(folder, 'folder'));
    await refused(refuseForeignFile(join(folder, '.env')));
    await refused(refuseForeignFile(join(folder, 'folder')));
    await refused(refuseForeignFile(join(folder, '.env', 'plan.json')));
    expect(readFileSync(join(folder, '.env'), 'utf8')).toBe('VAULT_URL=https://vault.example');
  });
});
