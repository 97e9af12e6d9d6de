/**
 * One night: a vault with its people, machines that run the agent, weather, crashes, and a morning on which everything
 * works again. Everything follows from the seed.
 */
import { type Dice, makeDice } from '../../src/simulator/dice.ts';
import { type InMemorySimulator, simulateInMemory } from '../../src/simulator/in_memory.ts';
import type { KnobSettings } from '../../src/simulator/vault/knobs.ts';
import { makeCast } from './cast.ts';
import { type Climate, drawClimate } from './climate.ts';
import { blankFiles, nightDisk } from './disk.ts';
import { type Heard, type Watch, watch, wordsOf } from './invariants.ts';
import { type Ended, live } from './life.ts';
import { type LockState, nightHost, nightLockFolder } from './lock.ts';
import { type Machine, makeMachine } from './machine.ts';
import { drawMishaps } from './mishaps.ts';
import { makeNetwork } from './network.ts';
import { drawSettings, HOME } from './settings.ts';
import { startTime, type Time } from './time.ts';
import { makeTrace, type Trace } from './trace.ts';
import type { Call, Weather } from './weather.ts';

export type NightResult = {
  readonly seed: number;
  readonly climate: string;
  readonly violation: Error | null;
  readonly trace: readonly string[];
  readonly digest: string;
  readonly figures: {
    readonly lives: number;
    readonly crashes: number;
    readonly decisions: number;
    readonly mails: number;
  };
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The company of all nights; what happens in it differs. */
const COMPANY = 12;
const ACTOR = 'svc-portcullis-act';

export async function night(seed: number): Promise<NightResult> {
  const dice = makeDice(seed * 2654435761);
  const time = startTime(drawStart(dice));
  const trace = makeTrace(time.now);
  const before = Math.random;
  Math.random = dice.roll;
  try {
    return await play(seed, { dice, time, trace });
  } finally {
    Math.random = before;
    time.stop();
  }
}

type Stage = { readonly dice: Dice; readonly time: Time; readonly trace: Trace };

async function play(seed: number, { dice, time, trace }: Stage): Promise<NightResult> {
  const sim = simulateInMemory({ seed: COMPANY, data: 'none', now: time.now, vault: drawKnobs(dice) });
  const actingAsset = dice.chance(0.25) ? addActor(sim) : null;
  const agents = [sim.vault.agent.name, ...(actingAsset === null ? [] : [ACTOR])];
  const { config, tight } = drawSettings(dice, sim, actingAsset);
  const climate = drawClimate(dice, time.now);
  const cast = makeCast({ sim, dice, now: time.now, seed: COMPANY, agents });
  const files = blankFiles();
  const lock: LockState = { folder: null };
  const watched = watch({ sim, cast, files, agents, tight, recordKey: config.record.key ?? null });
  const machines: Machine[] = [];
  const rated = new Set<string>();
  const figures = { lives: 0, crashes: 0 };
  trace.say(
    'world',
    `seed ${seed}, ${climate.name}${tight ? ', tight caps' : ''}${actingAsset === null ? '' : ', acting token'}`,
  );

  const sleep = (ms: number) => new Promise<void>((resolve) => time.after(ms, resolve));

  function begin(host: string, mishaps: number): Promise<Ended> {
    const pid = 100 + machines.length;
    const name = `${host}${machines.length + 1}`;
    const machine = makeMachine({ name, pid, time, trace, dice, mishaps: drawMishaps(dice, mishaps) });
    machines.push(machine);
    figures.lives++;
    trace.say(name, 'starts');
    const heard: Heard = { rated, answers: 0 };
    const network = makeNetwork({
      apps: sim.apps,
      weather: (call) => travel(call, { machine, climate, config, time, watched, heard }),
      after: time.after,
      owner: machine,
      // MSAL draws a number for each call, and nothing depends on it.
      say: (what) => trace.say(name, what.replace(/client-request-id=[\w-]+/, '')),
    });
    const isAlive = (other: number) => machines.some((one) => one.pid === other && !one.dead);
    const log = (level: string) => (event: string, data?: object) => {
      if (machine.dead) return;
      const text = JSON.stringify(data ?? {});
      watched.written(`the log line ${event}`, text);
      if (LOGGED.test(event)) trace.say(name, `log ${level} ${event} ${text.slice(0, 300)}`);
    };
    const ended = live({
      ...{ machine, time, config },
      log: { info: log('info'), warn: log('warn'), error: log('error') },
      disk: nightDisk({ files, root: HOME, machine, dice, weather: climate.disk, written: watched.written }),
      network: { ...network, model: noting(network.model, heard) },
      host: nightHost(host, pid, isAlive),
      lockFolder: nightLockFolder({ lock, machine, weather: climate.disk }),
      random: dice.roll,
    });
    return ended.then((how) => {
      if (how.kind === 'died') figures.crashes++;
      trace.say(name, `ends: ${wordsOf(how)}`);
      if (how.kind === 'broke') throw how.error;
      // What a process leaves behind when it ends by itself is over.
      if (how.kind !== 'died') machine.crash('(end of the process)');
      return how;
    });
  }

  /** What a supervisor does: starts it, and again a while after it died. */
  async function supervised(host: string): Promise<void> {
    for (let restarts = 0; restarts < 4; restarts++) {
      const ended = await begin(host, restarts === 0 ? climate.mishaps : climate.mishaps / 2);
      if (ended.kind !== 'died' || dice.chance(0.15)) return;
      await sleep(dice.between(1, dice.chance(0.3) ? 10 * MINUTE : 40 * SECOND));
    }
  }

  async function story(): Promise<Ended[]> {
    for (let n = dice.between(4, 9); n > 0; n--) trace.say('people', `file a ${cast.arrive().kind}`);
    const runs = dice.between(2, 4);
    for (let run = 0; run < runs; run++) {
      const two = dice.chance(0.25);
      const lives = [supervised('A')];
      if (two) lives.push(sleep(dice.between(0, 20 * SECOND)).then(() => supervised(dice.pick(['A', 'B']))));
      people(run === runs - 1 ? 10 * MINUTE : HOUR);
      await Promise.all(lives);
      await sleep(dice.between(MINUTE, 3 * HOUR));
    }
    climate.clear();
    sim.vault.knobs.credentialApproval = { polls: 1 };
    trace.say('world', 'the weather clears');
    const last: Ended[] = [];
    for (let run = 0; run < 3; run++) {
      await sleep(HOUR);
      last.push(await begin('A', 0));
    }
    return last;
  }

  /** What people do meanwhile. */
  function people(withinMs: number): void {
    for (let n = dice.between(0, 3); n > 0; n--)
      time.after(dice.between(0, withinMs), () => meddle(sim, cast, dice, trace));
    if (dice.chance(0.6)) {
      time.after(dice.between(0, 30 * SECOND), () => meddle(sim, cast, dice, trace));
    }
  }

  let violation: Error | null = null;
  try {
    const last = await time.until(story(), () => watched.step());
    watched.step();
    watched.end(last);
  } catch (error) {
    violation = error as Error;
  }
  return {
    seed,
    climate: climate.name,
    violation,
    trace: trace.lines,
    digest: trace.digest(),
    figures: { ...figures, ...watched.figures() },
  };
}

const LOGGED = /^(run|request|action|lock|credential|mail|model)\./;

type Travelling = {
  readonly machine: Machine;
  readonly climate: Climate;
  readonly config: { readonly vault: { readonly timeoutMs: number } };
  readonly time: Time;
  readonly watched: Watch;
  readonly heard: Heard;
};

/** A call of a process sets out: what it meets on its way. */
function travel(call: Call, { machine, climate, config, watched, heard }: Travelling): Weather {
  watched.leaving(call, heard);
  return climate.network(call, config.vault.timeoutMs);
}

/** Notes which requests the model's whole answers were about. */
function noting(send: typeof fetch, heard: Heard): typeof fetch {
  return async (url, init) => {
    const answer = await send(url, init);
    const body = await answer.clone().text();
    if (answer.status === 200 && body.includes('"choices"')) {
      heard.answers++;
      for (const [mark] of `${init?.body}`.matchAll(/CHG00\d+/g)) heard.rated.add(mark);
    }
    return answer;
  };
}

function addActor(sim: InMemorySimulator): string {
  const token = sim.vault.issueToken({ user: ACTOR });
  return sim.vault.addAsset({
    name: 'Portcullis acting token',
    type: 'API Key',
    credential: { user: ACTOR, password: token },
  }).id;
}

/** Somebody does something to one of the requests, if it still can be done. */
function meddle({ vault }: InMemorySimulator, cast: ReturnType<typeof makeCast>, dice: Dice, trace: Trace): void {
  if (dice.chance(0.3)) {
    trace.say('people', `file a ${cast.arrive().kind}`);
    return;
  }
  const { id, kind } = dice.pick(cast.parts);
  const status = vault.get(id)?.status;
  const what = dice.pick(
    status === 'Active' ? ['withdraw', 'approve', 'reject', 'edit'] : status === 'Approved' ? ['end'] : ['edit'],
  );
  trace.say('people', `${what} ${id} (${kind}, ${status})`);
  if (what === 'withdraw') vault.withdraw(id);
  if (what === 'approve') vault.approveAs('mharper', id);
  if (what === 'reject') vault.rejectAs('okessler', id);
  if (what === 'end') vault.end(id);
  if (what === 'edit') vault.edit(id, { message: `${vault.get(id)?.message} (edited)` });
}

/** Mostly any evening; sometimes one on which the month or the clock changes. */
function drawStart(dice: Dice): number {
  if (dice.chance(0.1)) return Date.UTC(2026, 10, 30, 23, dice.between(30, 59));
  return Date.UTC(2026, 10, dice.between(2, 27), dice.between(0, 23), dice.between(0, 59));
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
