/** One process on one host: the real program with the simulated disk, network, lock and mishaps put under it. */
import type { Network } from '../../src/http/network.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { simulatedDisk } from './disk.ts';
import type { Call, Conditions } from './faults.ts';
import { type Heard, wordsOf } from './invariants.ts';
import { type Ended, live } from './life.ts';
import { simulatedHost, simulatedLockFolder } from './lock.ts';
import { openLooks } from './looks.ts';
import { type Machine, type Mishap, makeMachine } from './machine.ts';
import { makeNetwork } from './network.ts';
import { HOME } from './settings.ts';
import type { Stage } from './stage.ts';

export type Started = { readonly machine: Machine; readonly ended: Promise<Ended> };

export type How = {
  readonly mishaps?: readonly Mishap[];
  /** Told when it stands still: somebody may start another one meanwhile. */
  readonly onFrozen?: () => void;
  /** The pauses between the runs of a daemon. */
  readonly pausesMs?: readonly number[];
  /** Who has a plan prepared and applies it; left out for a run. */
  readonly approver?: string;
  /** What somebody does to the plan, and on the disk, before it is applied. */
  readonly meddle?: (plan: Plan) => Plan;
};

export function start(stage: Stage, host: string, how: How): Started {
  const { mishaps = [], onFrozen = () => {}, pausesMs = [], approver = null, meddle = null } = how;
  const { dice, time, trace, settings, faultPlan, files, lock, watched, machines } = stage;
  const pid = 100 + machines.length;
  const name = `${host}${machines.length + 1}`;
  const machine = makeMachine({ name, pid, time, trace, dice, mishaps, onFrozen });
  machines.push(machine);
  trace.say(name, pausesMs.length > 0 ? 'starts as a daemon' : 'starts');

  const log = (level: string) => (event: string, data?: object) => {
    if (machine.dead) return;
    const text = JSON.stringify(data ?? {});
    watched.written(`the log line ${event}`, text);
    if (LOGGED.test(event)) trace.say(name, `log ${level} ${event} ${text.slice(0, 300)}`);
  };
  const ended = live({
    ...{ machine, time, config: settings.config, pausesMs, approver, meddle },
    log: { info: log('info'), warn: log('warn'), error: log('error') },
    disk: simulatedDisk({ files, root: HOME, machine, dice, conditions: faultPlan.disk, written: watched.written }),
    network: networkOf(stage, machine, approver),
    host: simulatedHost(host, pid, (other) => machines.some((one) => one.pid === other && !one.dead)),
    lockFolder: simulatedLockFolder({ lock, machine, conditions: faultPlan.disk }),
    random: dice.roll,
  });
  return {
    machine,
    ended: ended.then((how) => {
      trace.say(name, `ends: ${wordsOf(how)}`);
      machine.end();
      if (how.kind === 'broke') throw how.error;
      return how;
    }),
  };
}

const LOGGED = /^(run|request|action|lock|credential|mail|model)\./;

function networkOf(
  { time, trace, sim, settings, faultPlan, watched, rated }: Stage,
  machine: Machine,
  approver: string | null,
): Network {
  const looks = openLooks(time.now);
  const heard: Heard = {
    rated,
    answers: 0,
    answeredAt: null,
    looks,
    over: () => machine.dead || machine.stop.signal.aborted,
  };
  const meeting = new Map<number, Mishap['what']>();
  const nameOf = (call: Call) => `${call.to} ${call.method} ${call.url}`;

  /** A call sets out: what it meets on its way, and what happens to its process meanwhile. */
  function conditions(call: Call): Conditions {
    watched.leaving(call, heard, approver);
    const mishap = machine.meets(nameOf(call));
    const met = faultPlan.network(call, settings.config.vault.timeoutMs, mishap === 'crash-middle');
    if (mishap === 'crash-before') machine.crash(`before ${nameOf(call)}`);
    else if (mishap === 'crash-after')
      time.after(met.connect + met.there, () => machine.crash(`after ${nameOf(call)}`));
    else if (mishap !== null) meeting.set(call.n, mishap);
    return met;
  }

  /**
   * What happens to a process while its call is on the way. Not a moment earlier: one that is frozen between its intent
   * and its call cannot be stopped by anybody, and sends the call when it wakes up. That is the limit of every lock.
   */
  function onLeft(call: Call, late: boolean): void {
    if (late) watched.leftLate(call);
    const mishap = meeting.get(call.n);
    if (mishap === undefined) return;
    const at = `while ${nameOf(call)} is on its way`;
    if (mishap === 'crash-middle') machine.crash(at);
    else if (mishap === 'stop') machine.tellToStop(at);
    else if (typeof mishap === 'object') machine.freeze(mishap.frozenMs, at);
  }

  // MSAL draws a number for each call, and nothing depends on it.
  const say = (what: string) => trace.say(machine.name, what);
  const network = makeNetwork({ apps: sim.apps, conditions, after: time.after, owner: machine, onLeft, say });
  return notingLooks(noting(network, sim.apps.model.origin, heard, time.now), sim.apps.vault.origin, heard, watched);
}

/** Notes what the process asked of the list, and which of its writes were accepted. */
function notingLooks(send: Network, vaultOrigin: string, heard: Heard, watched: Stage['watched']): Network {
  return async (request, signal, left) => {
    const { url, method } = request;
    const [, written] = /\/api\/request\/(?:approve|reject|complete)\/([^/?]+)$/.exec(url.pathname) ?? [];
    const lists = url.origin === vaultOrigin && url.pathname.endsWith('/auditor-requests');
    const told = lists ? heard.looks.asks() : null;
    const answer = await send(request, signal, left);
    told?.(answer.status === 200 ? String(answer.body) : null);
    if (url.origin === vaultOrigin && method === 'PUT' && written !== undefined && isAccepted(answer)) {
      heard.looks.accepts(written);
      watched.accepted(written, heard);
    }
    return answer;
  };
}

/** A web page is a log-in wall, and no answer of the vault. */
const isAccepted = ({ status, body }: Awaited<ReturnType<Network>>): boolean =>
  status >= 200 && status < 300 && !/^\s*</.test(String(body));

/** Notes which requests the model's whole answers were about. */
function noting(send: Network, modelOrigin: string, heard: Heard, now: () => number): Network {
  return async (request, signal, left) => {
    const answer = await send(request, signal, left);
    if (request.url.origin !== modelOrigin || answer.status !== 200) return answer;
    if (!String(answer.body).includes('"choices"')) return answer;
    heard.answers++;
    heard.answeredAt = now();
    for (const [mark] of `${request.body}`.matchAll(/CHG00\d+/g)) heard.rated.add(mark);
    return answer;
  };
}
