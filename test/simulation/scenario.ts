/**
 * One scenario: a vault with its people, machines that run the agent, faults, crashes, and a calm in the end, in which
 * everything works again. Everything follows from the seed.
 */
import { type Dice, makeDice } from '../../simulator/dice.ts';
import { setStage } from './stage.ts';
import { story } from './story.ts';
import { startTime } from './time.ts';
import { makeTrace } from './trace.ts';

export type ScenarioResult = {
  readonly seed: number;
  /** The invariant that was violated; null for none. */
  readonly violation: Error | null;
  readonly trace: readonly string[];
  readonly digest: string;
  readonly figures: Figures;
};

export type Figures = Record<'lives' | 'crashes' | 'freezes' | 'decisions' | 'mails', number>;

export async function runScenario(seed: number): Promise<ScenarioResult> {
  const dice = makeDice(Math.imul(seed, 2_654_435_761));
  const time = startTime(drawStart(dice));
  const trace = makeTrace(time.now);
  const { random } = Math;
  Math.random = dice.roll;
  try {
    const stage = setStage({ dice, time, trace });
    const { watched, machines } = stage;
    let violation: Error | null = null;
    try {
      const last = await time.until(story(stage), () => watched.step());
      watched.end(last);
    } catch (error) {
      violation = error as Error;
    }
    const count = (what: 'crashed' | 'froze') => machines.filter((machine) => machine[what]).length;
    const figures = {
      lives: machines.length,
      crashes: count('crashed'),
      freezes: count('froze'),
      ...watched.figures(),
    };
    return { seed, violation, trace: trace.lines, digest: trace.digest(), figures };
  } finally {
    Math.random = random;
    time.stop();
  }
}

/** Mostly any time; sometimes one at which the month ends. */
function drawStart(dice: Dice): number {
  if (dice.chance(0.1)) return Date.UTC(2026, 10, 30, 23, dice.between(30, 59));
  return Date.UTC(2026, 10, dice.between(2, 27), dice.between(0, 23), dice.between(0, 59));
}
