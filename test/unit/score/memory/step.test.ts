/** When assessments get onto the disk: also in the middle of the step, for a run may be killed there. */
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../../../src/config/load.ts';
import type { Scored } from '../../../../src/domain/assessment.ts';
import type { Dossier } from '../../../../src/domain/dossier.ts';
import { rememberedRatings } from '../../../../src/score/memory/step.ts';
import { type Disk, realDisk } from '../../../../src/store/disk.ts';
import type { Log } from '../../../../src/util/log.ts';
import { tempFolder } from '../../../helpers/requests.ts';
import { aDossier, treated } from '../dossiers.ts';

const MINUTE = 60_000;
const SCORED: Scored = {
  kind: 'scored',
  risk: 'low',
  normalised: false,
  flags: [],
  summary: 'Patching of a web server.',
  comment: 'Routine change.',
};
const dossiers = ['first', 'second', 'third'].map((justification) =>
  aDossier({ id: justification, justification, status: 'Completed' }),
);

/** A run over these, on a real disk whose writes the test may hold up or break. */
function place(write: (work: () => Promise<void>) => Promise<void> = (work) => work()) {
  const config = loadConfig({
    ...{ VAULT_URL: 'https://vault.example', VAULT_API_TOKEN: 'o.t.her', OPENAI_API_KEY: 'sk-test' },
    STATE_DIR: tempFolder(),
  });
  const time = { at: Date.UTC(2026, 10, 20, 12) };
  const clock = { now: () => time.at, sleep: async () => {} };
  const warned: string[] = [];
  const log = { warn: (event: string) => warned.push(event) } as unknown as Log;
  let writes = 0;
  const disk: Disk = {
    ...realDisk,
    replaceByParts(file, parts) {
      writes += 1;
      return write(() => realDisk.replaceByParts(file, parts));
    },
  };
  const asked = {
    ...{ windowDays: 30, agentUser: null, prompts: { system: 'Assess.', digest: 'd' } },
    screened: new Map(dossiers.map(({ request }) => [request.id, treated(request.id)])),
    accessContexts: new Map(),
  };
  const open = () => rememberedRatings(config, { clock, disk, log, runId: 'run-1' })(dossiers, asked);
  const known = async () => [...(await open()).known.keys()];
  return { open, known, time, warned, writes: () => writes };
}

const [first, second, third] = dossiers as [Dossier, Dossier, Dossier];

describe('What the model said', () => {
  test('is on disk two minutes later, and no more often than that', async () => {
    const { open, known, time, writes } = place();
    const run = await open();
    for (let seconds = 0; seconds < 600; seconds += 10) {
      run.keep(first, SCORED, 'nobody');
      await run.saveNowAndThen();
      time.at += MINUTE / 6;
    }
    expect(writes()).toBe(4);
    // Here the run is killed.
    expect(await known()).toEqual(['first']);
  });

  test('meanwhile is not lost by a write that is under way, and two are never under way', async () => {
    let under = 0;
    const release: (() => void)[] = [];
    const { open, known, time, writes } = place(async (work) => {
      under += 1;
      expect(under).toBe(1);
      await new Promise<void>((resolve) => release.push(resolve));
      await work();
      under -= 1;
    });
    const run = await open();
    time.at += 2 * MINUTE;
    run.keep(first, SCORED, 'nobody');
    const yieldBetween = run.saveNowAndThen();
    await new Promise((resolve) => setImmediate(resolve));
    run.keep(second, SCORED, 'nobody');
    time.at += 2 * MINUTE;
    const again = run.saveNowAndThen();
    run.keep(third, SCORED, 'nobody');
    const last = run.save();
    release[0]?.();
    await yieldBetween;
    await again;
    await new Promise((resolve) => setImmediate(resolve));
    release[1]?.();
    await last;
    expect(writes()).toBe(2);
    expect((await known()).sort()).toEqual(['first', 'second', 'third']);
  });

  test('is written at the end when it could not be before, and nobody fails over it', async () => {
    let broken = true;
    const { open, known, time, warned } = place((work) => {
      if (!broken) return work();
      broken = false;
      return Promise.reject(new Error('the disk is full'));
    });
    const run = await open();
    time.at += 2 * MINUTE;
    run.keep(first, SCORED, 'nobody');
    await run.saveNowAndThen();
    await run.save();
    expect(await known()).toEqual(['first']);
    expect(warned).toEqual(['assessments.forgotten']);
  });
});
