/** One process from its start to its end: what it is at, and when it is to be killed. */
import type { Dice } from '../../simulator/dice.ts';
import type { Place, Started } from '../e2e/place.ts';

/** What a process does, in the order of its life. */
export const PHASES = [
  'starting',
  'waiting for the lock',
  'fetch',
  'recover and enrich',
  'score',
  'decide',
  'confirm',
  'act',
  'report',
  'mail',
  'giving back',
  'after the run',
] as const;
export type Phase = (typeof PHASES)[number];

const AFTER: Readonly<Record<string, Phase>> = {
  fetch: 'recover and enrich',
  enrich: 'score',
  score: 'decide',
  decide: 'confirm',
  confirm: 'act',
  act: 'report',
  report: 'mail',
  alert: 'giving back',
};

/** Where the process had got to, from what it logged by now. */
export function phaseOf(log: string): Phase {
  let phase: Phase = 'starting';
  for (const row of log.split('\n')) {
    const { msg, step } = parsed(row);
    if (msg === 'lock.waiting') phase = 'waiting for the lock';
    if (msg === 'run.started') phase = 'fetch';
    // A report is written again when there is more to tell; the run does not go back.
    if (msg === 'step.done' && typeof step === 'string') phase = AFTER[step] ?? phase;
    if (msg === 'run.finished') phase = 'after the run';
  }
  return phase;
}

function parsed(row: string): { msg?: unknown; step?: unknown } {
  try {
    return JSON.parse(row) as { msg?: unknown; step?: unknown };
  } catch {
    return {};
  }
}

/** When a process dies: so long after its start, or after the first of these calls arrived at an upstream. */
export type Death = { readonly after: 'start' | 'write' | 'sign-in' | 'mail' | 'giving back'; readonly ms: number };

const CALLS: Readonly<Record<Exclude<Death['after'], 'start'>, RegExp>> = {
  write: /\/api\/request\/(approve|reject|complete)\//,
  'sign-in': /\/oauth2\//,
  mail: /sendMail/,
  'giving back': /complete-request/,
};

/** Half of them at any moment of the whole life; the others where there is most to lose. */
export function planDeath(dice: Dice, usualLifeMs: number): Death {
  return dice.weighted<() => Death>([
    [10, () => ({ after: 'start', ms: dice.between(0, Math.round(1.2 * usualLifeMs)) })],
    [7, () => ({ after: 'write', ms: dice.between(0, 1_500) })],
    [1, () => ({ after: 'sign-in', ms: dice.between(0, 300) })],
    [2, () => ({ after: 'mail', ms: dice.between(0, 350) })],
    [1, () => ({ after: 'giving back', ms: dice.between(0, 100) })],
  ])();
}

/** A daemon to which nothing comes any more would never meet the call that it is to die after; on a busy machine a life is long. */
const LONGEST_LIFE_MS = 80_000;

/** Kills the process as planned, and at last anywhere. Resolves when it is over; false when it ended by itself before. */
export async function meetDeath(place: Place, life: Started, death: Death): Promise<boolean> {
  const { calls } = place.sim.journal;
  let seen = calls.length;
  let since = death.after === 'start' ? Date.now() : null;
  let over = false;
  const begun = Date.now();
  void life.ended.then(() => {
    over = true;
  });
  while (!over) {
    if (since === null && death.after !== 'start') {
      const pattern = CALLS[death.after];
      while (seen < calls.length && since === null) if (pattern.test(calls[seen++]?.url ?? '')) since = Date.now();
    }
    const due = since !== null && Date.now() - since >= death.ms;
    if (due || Date.now() - begun >= LONGEST_LIFE_MS) {
      const killed = life.child.kill('SIGKILL');
      await life.ended;
      return killed && life.child.signalCode === 'SIGKILL';
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return false;
}
