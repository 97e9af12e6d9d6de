/**
 * A process that can die or freeze at any moment at which it waits for the world: whatever leaves it or comes back to it
 * goes through `port`. Between two such moments a process only computes, and nobody outside could tell when it died.
 */
import type { Dice } from '../../simulator/dice.ts';
import type { Owner, Time } from './time.ts';
import type { Trace } from './trace.ts';

/** What happens to a process at one of its calls. */
export type Mishap = {
  /** Which calls are counted, by what they are called in the trace. */
  readonly at: RegExp;
  /** It happens at the n-th of them, from 1. */
  readonly nth: number;
  readonly what:
    | 'crash-before'
    /** Half of a write is there, or the call is under way. */
    | 'crash-middle'
    | 'crash-after'
    /** Everything stands still for `ms`, with the answer on the doorstep. */
    | { readonly frozenMs: number }
    /** Told to stop, as by SIGTERM. */
    | 'stop';
};

/** One call of a process to the world. */
export type PortCall<T> = {
  /** As the trace shows it, such as `disk append state/ledger/2026-11.jsonl`. */
  readonly name: string;
  /** Until it has taken effect. */
  readonly ms: number;
  /** What it does; throws when it fails. */
  work(): T;
  /** What it does when the power goes in the middle. */
  torn?(): void;
  /** A few words about the result, for the trace. */
  tell?(result: T): string;
  tellFailure?(error: unknown): string;
};

export type Machine = Owner & {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process is dead. */
  readonly died: Promise<'died'>;
  /** Asks the process to stop. */
  readonly stop: AbortController;
  readonly frozen: boolean;
  port<T>(call: PortCall<T>): Promise<T>;
  /** What happens at a call of this name, by whichever way it leaves. */
  meets(name: string): Mishap['what'] | null;
  tellToStop(at: string): void;
  crash(why: string): void;
  /** It came to its end by itself: what it left undone is over too. */
  end(): void;
  readonly crashed: boolean;
  readonly froze: boolean;
  freeze(ms: number, why: string): void;
};

export type MachineParts = {
  readonly name: string;
  readonly pid: number;
  readonly time: Time;
  readonly trace: Trace;
  readonly dice: Dice;
  readonly mishaps: readonly Mishap[];
  readonly onFrozen: () => void;
};

export function makeMachine({ name, pid, time, trace, dice, mishaps, onFrozen }: MachineParts): Machine {
  const planned = mishaps.map((mishap) => ({ ...mishap, left: mishap.nth }));
  const died = Promise.withResolvers<'died'>();
  const waiting: (() => void)[] = [];
  let state: 'alive' | 'frozen' | 'dead' = 'alive';
  let crashed = false;
  let froze = false;

  const machine: Machine = {
    name,
    pid,
    died: died.promise,
    stop: new AbortController(),
    get dead() {
      return state === 'dead';
    },
    get frozen() {
      return state === 'frozen';
    },
    deliver(what) {
      if (state === 'alive') what();
      else if (state === 'frozen') waiting.push(what);
    },
    meets(called) {
      for (const mishap of planned) {
        if (!mishap.at.test(called)) continue;
        mishap.left -= 1;
        if (mishap.left === 0) return mishap.what;
      }
      return null;
    },
    crash(why) {
      if (state === 'dead') return;
      crashed = true;
      trace.say(name, `CRASHES ${why}`);
      machine.end();
      died.resolve('died');
    },
    end() {
      state = 'dead';
      waiting.length = 0;
    },
    get crashed() {
      return crashed;
    },
    get froze() {
      return froze;
    },
    freeze(ms, why) {
      if (state !== 'alive') return;
      state = 'frozen';
      froze = true;
      onFrozen();
      trace.say(name, `FREEZES for ${Math.round(ms / 1000)} s ${why}`);
      time.after(ms, () => {
        if (state !== 'frozen') return;
        state = 'alive';
        trace.say(name, 'WAKES');
        // What came due meanwhile happens in the order in which it came due; one of them may be the end of the process.
        for (const what of waiting.splice(0)) machine.deliver(what);
      });
    },
    tellToStop(at) {
      if (state === 'dead') return;
      trace.say(name, `is told to STOP at ${at}`);
      machine.deliver(() => time.as(machine, () => machine.stop.abort()));
    },
    port: (call) => port(call),
  };

  function port<T>(call: PortCall<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (state === 'dead') return;
      const mishap = machine.meets(call.name);
      if (mishap === 'crash-before') return machine.crash(`before ${call.name}`);
      if (mishap === 'stop') machine.tellToStop(call.name);
      time.after(call.ms, () => {
        if (state === 'dead') return halfDone(call);
        if (mishap === 'crash-middle') {
          call.torn?.();
          return machine.crash(`in the middle of ${call.name}`);
        }
        const answer = outcomeOf(call);
        trace.say(name, `${call.name}${answer.says}`);
        if (mishap === 'crash-after') return machine.crash(`after ${call.name}`);
        if (typeof mishap === 'object' && mishap !== null) machine.freeze(mishap.frozenMs, `after ${call.name}`);
        machine.deliver(() =>
          time.as(machine, () => ('error' in answer ? reject(answer.error) : resolve(answer.value))),
        );
      });
    });
  }

  /** What was under way when the process died may have come to its end, or not, or stopped half-way. */
  function halfDone<T>(call: PortCall<T>): void {
    const fate = dice.between(0, 2);
    if (fate === 1) call.torn?.();
    if (fate === 2) outcomeOf(call);
    trace.say(name, `(dead) ${call.name}: ${['never done', 'torn', 'done'][fate]}`);
  }

  return machine;
}

type Answered<T> = ({ readonly value: T } | { readonly error: unknown }) & { readonly says: string };

function outcomeOf<T>(call: PortCall<T>): Answered<T> {
  try {
    const value = call.work();
    const words = call.tell?.(value) ?? '';
    return { value, says: words === '' ? '' : ` → ${words}` };
  } catch (error) {
    return { error, says: ` ✗ ${call.tellFailure?.(error) ?? String(error)}` };
  }
}
