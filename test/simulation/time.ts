/**
 * Simulated time for a whole process: every timer and every `Date` stands on one made-up clock, which moves only when
 * nothing is left to do at the moment it stands at. What a timer calls belongs to whoever set it: a timer of a dead
 * process never fires, one of a frozen process fires when it wakes up.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import FakeTimers from '@sinonjs/fake-timers';

/** Whoever sets timers: a simulated process. */
export type Owner = {
  /** Calls `what` now, later when the owner is frozen, never when it is dead. */
  deliver(what: () => void): void;
  readonly dead: boolean;
};

export type Time = {
  /** What a clock that is always right would show, milliseconds since the epoch. */
  now(): number;
  /** Calls `what` after `ms`, in nobody's name: whoever asked for it may be dead by then. */
  after(ms: number, what: () => void): void;
  /** Runs `what` in the owner's name, and everything that follows from it. */
  as<T>(owner: Owner, what: () => T): T;
  /** Puts the machine's clock forward (or back); the world outside does not notice. */
  jump(ms: number): void;
  /** Time stands still until this is settled: real work, such as reading a real file. */
  hold<T>(work: Promise<T>): Promise<T>;
  /** Lets time pass, event by event, until the promise is settled. Between two events `eachStep` is called. */
  until<T>(wanted: Promise<T>, eachStep: () => void): Promise<T>;
  /** Gives the real timers and the real `Date` back. */
  stop(): void;
};

const FAKED = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] as const;
const turn = setImmediate;
const real = { setTimeout, setInterval, clearTimeout, clearInterval, timeout: AbortSignal.timeout };

/** More events than any scenario has: one that goes on so long does not end by itself. */
const MOST_EVENTS = 400_000;

export function startTime(start: number): Time {
  const owners = new AsyncLocalStorage<Owner | null>();
  const clock = FakeTimers.install({ now: start, toFake: [...FAKED], ignoreMissingTimers: true });
  const fake = { setTimeout: globalThis.setTimeout, setInterval: globalThis.setInterval };
  const fakeClear = { timeout: globalThis.clearTimeout, interval: globalThis.clearInterval };
  const cleared = new WeakSet<object>();
  let ahead = 0;
  let held = 0;
  // fake-timers counts its own time from `start`; the harness's events must not move when the machine's clock jumps.
  const now = () => clock.now - ahead;

  type Timer = ReturnType<typeof setTimeout>;
  type Callback = (...args: unknown[]) => void;
  const owned = (set: typeof setTimeout, repeats: boolean) =>
    ((callback: Callback, ms?: number, ...args: unknown[]): Timer => {
      const owner = owners.getStore() ?? null;
      if (owner === null) return set(callback, ms, ...args);
      const timer: Timer = set(() => {
        if (owner.dead && repeats) fakeClear.interval(timer);
        owner.deliver(() => {
          if (!cleared.has(timer)) owners.run(owner, callback, ...args);
        });
      }, ms);
      return timer;
    }) as unknown as typeof setTimeout;
  const clear = (how: typeof clearTimeout) => (timer: Timer | undefined) => {
    // A timer that came due in a frozen process waits for its end, out of the clock's reach.
    if (typeof timer === 'object') cleared.add(timer);
    how(timer);
  };
  Object.assign(globalThis, {
    setTimeout: owned(fake.setTimeout, false),
    setInterval: owned(fake.setInterval as unknown as typeof setTimeout, true),
    clearTimeout: clear(fakeClear.timeout),
    clearInterval: clear(fakeClear.interval as typeof clearTimeout),
  });
  AbortSignal.timeout = () => {
    throw new Error('a deadline on real time was set in simulated time');
  };

  return {
    now,
    after: (ms, what) => void fake.setTimeout(what, ms),
    as: (owner, what) => owners.run(owner, what),
    jump: (ms) => {
      ahead += ms;
      clock.setSystemTime(clock.now + ms);
    },
    async hold(work) {
      held++;
      try {
        return await work;
      } finally {
        held--;
      }
    },
    async until(wanted, eachStep) {
      let settled = false;
      const done = () => {
        settled = true;
      };
      wanted.then(done, done);
      for (let events = 0; ; events++) {
        await quiet(() => held > 0);
        eachStep();
        if (settled) return wanted;
        if (clock.countTimers() === 0) throw new Error('nothing will ever happen again, and the scenario is not over');
        if (events > MOST_EVENTS) throw new Error(`the scenario does not end: ${MOST_EVENTS} events`);
        clock.next();
      }
    },
    stop() {
      Object.assign(globalThis, { setTimeout: fake.setTimeout, setInterval: fake.setInterval });
      Object.assign(globalThis, { clearTimeout: fakeClear.timeout, clearInterval: fakeClear.interval });
      AbortSignal.timeout = real.timeout;
      clock.uninstall();
    },
  };
}

/** What work of the real world shows up as. In simulated time there is none, or nobody could tell when it ends. */
const REAL_WORK =
  /^(FSReq|FILEHANDLE|Zlib|WORKER|GETADDRINFO|TCP|TLS|RANDOMBYTES|PBKDF2|SCRYPT|HASHREQUEST|SIGNREQUEST)/i;
const TURNS = 2;

/** Everything that can go on without time passing has gone on: microtasks run out with each turn of the real loop. */
async function quiet(held: () => boolean): Promise<void> {
  for (let left = TURNS; left > 0; left--) {
    await new Promise((resolve) => turn(resolve));
    if (held()) left = TURNS + 1;
  }
  const found = process.getActiveResourcesInfo().find((what) => REAL_WORK.test(what));
  if (found !== undefined) throw new Error(`real work in simulated time: ${found}`);
}
