/** What goes wrong in one scenario, and how often: drawn once per scenario, then call by call. */
import type { Dice } from '../../simulator/dice.ts';
import type { UpstreamName } from '../../simulator/in_memory.ts';
import type { DiskCall, DiskFate } from './disk.ts';
import type { Call, Conditions, Fate } from './faults.ts';

export type FaultPlan = {
  readonly name: string;
  /** How likely a process meets a mishap of its own. */
  readonly mishaps: number;
  /**
   * `patienceMs` is the client's time-out. INVARIANT: no call arrives later than that, as the recovery assumes; one whose
   * process dies meanwhile (`orphaned`) may take all of it.
   */
  network(call: Call, patienceMs: number, orphaned: boolean): Conditions;
  disk(call: DiskCall): DiskFate;
  /** The disk fails in one way for a while. */
  diskFails(code: DiskCode, ms: number): void;
  /** From now on nothing goes wrong any more. */
  clear(): void;
};

type DiskCode = NonNullable<DiskFate['code']>;

type Profile = {
  readonly name: string;
  readonly faults: number;
  readonly dead: UpstreamName | null;
  readonly mishaps: number;
};

const when = (dice: Dice) => dice.pick(['before', 'after'] as const);

const FATES: readonly (readonly [weight: number, draw: (dice: Dice) => Fate])[] = [
  [4, (dice) => ({ kind: 'status', when: 'before', ...answered(dice, [429, 500, 502, 503, 503, 504]) })],
  // Who is told to come back later was not served; any other failure may come from a gateway that lost the answer.
  [3, (dice) => ({ kind: 'status', when: 'after', ...answered(dice, [500, 502, 503, 504]) })],
  [6, (dice) => ({ kind: 'reset', when: when(dice) })],
  [1, () => ({ kind: 'late' })],
  [5, (dice) => ({ kind: 'hang', when: when(dice) })],
  [2, () => ({ kind: 'refused' })],
  [2, (dice) => ({ kind: 'html', when: when(dice) })],
  [2, () => ({ kind: 'truncated' })],
  [2, () => ({ kind: 'wrong-shape' })],
];

/** What somebody meets who calls an upstream that is down. */
const DEAD: readonly (readonly [weight: number, fate: Fate])[] = [
  [3, { kind: 'refused' }],
  [2, { kind: 'hang', when: 'before' }],
  [2, { kind: 'reset', when: 'before' }],
  [2, { kind: 'status', when: 'before', status: 503 }],
];

function answered(dice: Dice, among: readonly number[]): { status: number; retryAfter?: number | string } {
  const status = dice.pick(among);
  return dice.chance(0.2) ? { status, retryAfter: dice.pick([1, 7, 90, '-5', 'soon']) } : { status };
}

/** Graph takes no mail and then says that it was too busy to, and when to come back: that is what a retry there rests on. */
function believable(fate: Fate, to: Call['to']): Fate {
  if (to !== 'graph' || fate.kind !== 'status' || fate.when !== 'after' || fate.status !== 503) return fate;
  return { kind: 'status', when: 'after', status: 503 };
}

const LEFT = ['nothing', 'nothing', 'a part', 'everything'] as const;

const HOUR = 3_600_000;

export function drawFaultPlan(dice: Dice, now: () => number): FaultPlan {
  const profile = drawProfile(dice);
  const bad: { until: number; code: DiskCode | null } = { until: 0, code: null };
  const lameDisk = dice.chance(0.1);
  const outage = { from: now() + dice.between(-HOUR, 2 * HOUR), to: now() + dice.between(HOUR, 9 * HOUR) };
  let clear = false;

  function fateOf({ to, method }: Call): Fate {
    if (clear) return { kind: 'ok' };
    const down = profile.dead === to && outage.from <= now() && now() < outage.to;
    if (down && dice.chance(0.95)) return dice.weighted(DEAD);
    // There are few writes, and each is worth a try.
    const changes = method === 'PUT' || to === 'graph';
    if (!dice.chance(profile.faults * (changes ? 3 : 1))) return { kind: 'ok' };
    return changes && dice.chance(0.25) ? { kind: 'late' } : believable(dice.weighted(FATES)(dice), to);
  }

  return {
    name: lameDisk ? `${profile.name}, slow disk` : profile.name,
    mishaps: profile.mishaps,
    network(call, patienceMs, orphaned) {
      const fate = fateOf(call);
      const slow = !clear && dice.chance(profile.faults / 2);
      const held = orphaned || fate.kind === 'late';
      const connect = dice.between(1, slow ? Math.floor(patienceMs / 3) : 20);
      const longest = held ? patienceMs - connect - 1 : slow ? Math.floor(patienceMs / 2) : 60;
      const there = dice.between(1, longest);
      const back = dice.between(1, slow && !held ? patienceMs : 60);
      return { connect, there, back, fate };
    },
    disk({ writes, frees }) {
      const ms = dice.between(0, lameDisk && !clear ? 700 : 3);
      const code = clear || now() >= bad.until ? null : bad.code;
      const fails =
        code === 'ENOSPC' ? writes && !frees : code === 'EROFS' ? writes : code === 'EIO' && dice.chance(0.3);
      if (!fails) return { ms, code: null, leaves: 'nothing' };
      return { ms, code, leaves: writes && code === 'EIO' ? dice.pick(LEFT) : 'nothing' };
    },
    diskFails(code, ms) {
      bad.code = code;
      bad.until = now() + ms;
    },
    clear() {
      clear = true;
    },
  };
}

function drawProfile(dice: Dice): Profile {
  const dead = dice.pick(['vault', 'model', 'signIn', 'graph'] as const);
  return dice.weighted<Profile>([
    [15, { name: 'calm', faults: 0, dead: null, mishaps: 0.5 }],
    [40, { name: 'flaky', faults: 0.05, dead: null, mishaps: 0.6 }],
    [25, { name: 'stormy', faults: 0.2, dead: null, mishaps: 0.6 }],
    [20, { name: `${dead} down`, faults: 0.03, dead, mishaps: 0.5 }],
  ]);
}
