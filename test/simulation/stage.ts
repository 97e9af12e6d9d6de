/** Everything that one scenario runs on: the company and its vault, the fault plan, one disk, one lock, and who watches. */
import type { Dice } from '../../simulator/dice.ts';
import { type InMemorySimulator, simulateInMemory } from '../../simulator/in_memory.ts';
import type { KnobSettings } from '../../simulator/vault/knobs.ts';
import { type Cast, makeCast } from './cast.ts';
import { blankFiles, type Files } from './disk.ts';
import { drawFaultPlan, type FaultPlan } from './fault_plan.ts';
import { type Watch, watch } from './invariants.ts';
import type { LockState } from './lock.ts';
import type { Machine } from './machine.ts';
import { sayingMore } from './said.ts';
import { drawSettings, type ScenarioSettings } from './settings.ts';
import type { Time } from './time.ts';
import type { Trace } from './trace.ts';

export type Stage = {
  readonly dice: Dice;
  readonly time: Time;
  readonly trace: Trace;
  readonly sim: InMemorySimulator;
  readonly settings: ScenarioSettings;
  readonly faultPlan: FaultPlan;
  readonly cast: Cast;
  readonly files: Files;
  readonly lock: LockState;
  readonly watched: Watch;
  /** Every process that was ever started. */
  readonly machines: Machine[];
  /** Marks of requests that a whole answer of the model was about. */
  readonly rated: Set<string>;
};

/** The company of all scenarios; what happens in it differs. */
const COMPANY = 12;

export function setStage({ dice, time, trace }: Pick<Stage, 'dice' | 'time' | 'trace'>): Stage {
  // Some endpoints take few questions at a time.
  const allowance = dice.chance(0.2) ? { allowance: { requests: dice.between(1, 8), everyMs: 20_000 } } : {};
  const model = { behaviour: sayingMore, ...allowance };
  const sim = simulateInMemory({ seed: COMPANY, data: 'none', now: time.now, vault: drawKnobs(dice), model });
  const settings = drawSettings(dice, sim);
  const faultPlan = drawFaultPlan(dice, time.now);
  const cast = makeCast({ sim, dice, now: time.now, seed: COMPANY, agents: settings.agents });
  const files = blankFiles();
  const watched = watch({ sim, cast, files, now: time.now, settings });
  trace.say('world', [faultPlan.name, ...settings.remarks].join(', '));
  return {
    ...{ dice, time, trace, sim, settings, faultPlan, cast, files, watched },
    ...{ lock: { folder: null }, machines: [], rated: new Set() },
  };
}

function drawKnobs(dice: Dice): KnobSettings {
  return {
    totalName: dice.pick(['total', 'total', 'count', 'absent']),
    times: dice.pick(['number', 'number', 'iso']),
    refusalStatus: dice.pick(['mixed', 'mixed', '500']),
    messageForm: dice.pick(['plain', 'json', 'nested']),
    statusShape: dice.pick(['list', 'list', 'data', 'object']),
    discovery: dice.pick(['mcp-agent', 'agent-json', 'none']),
    filedAs: dice.pick(['AssetUnlock', 'AssetUnlock', 'AssetView']),
    credentialApproval: dice.pick([{ polls: 0 }, { polls: 1 }, { polls: 1 }, { ms: dice.between(500, 90_000) }]),
  };
}
