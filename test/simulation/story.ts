/** What happens in one scenario: a time with faults, and the calm after it. */
import type { Plan } from '../../src/plan/plan.ts';
import { halt, resume } from '../../src/store/halt.ts';
import { simulatedDisk } from './disk.ts';
import { doSomething, forgedPlan, forgeMail } from './insider.ts';
import type { Ended } from './life.ts';
import { makeMachine } from './machine.ts';
import { drawMishaps } from './mishaps.ts';
import { start } from './process.ts';
import { HOME, STATE } from './settings.ts';
import type { Stage } from './stage.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Gives how the runs of the calm ended, when nothing goes wrong any more. */
export async function story(stage: Stage): Promise<Ended[]> {
  const { dice, time, trace, sim, faultPlan, cast, files, watched } = stage;
  const sleep = (ms: number) => new Promise<void>((resolve) => time.after(ms, resolve));
  const someone = person(stage);
  let calm = false;
  const file = () => trace.say('people', `file a request: ${cast.arrive().kind}`);

  for (let n = dice.between(4, 9); n > 0; n--) file();
  for (let runs = dice.between(2, 4); runs > 0; runs--) {
    const lives = [supervised('A')];
    if (dice.chance(0.25))
      lives.push(sleep(dice.between(0, 20 * SECOND)).then(() => supervised(dice.pick(['A', 'B']))));
    meanwhile();
    await Promise.all(lives);
    if (dice.chance(0.2)) await harmed();
    await sleep(dice.between(MINUTE, 3 * HOUR));
  }
  // Last, so that what is drawn before stays as it is.
  if (dice.chance(0.5)) await planApplied();

  calm = true;
  faultPlan.clear();
  sim.vault.knobs.credentialApproval = { polls: 1 };
  trace.say('world', 'the faults are over');
  if (stage.files.texts.has(`${STATE}/halt.json`)) await someone.resumes();
  const last: Ended[] = [];
  for (let run = 1; run <= 2; run++) {
    await sleep(HOUR);
    if (run === 2) file();
    last.push(await start(stage, 'A', {}).ended);
  }
  // Behind everything, so that what was drawn before stays as it was.
  watched.calmIsOver();
  if (dice.chance(0.4)) last.push(await assetMoved());
  if (!stage.settings.tight && dice.chance(0.4)) last.push(await stateLost());
  return last;

  /** While a run goes on, somebody moves a test system to production. */
  async function assetMoved(): Promise<Ended> {
    for (let n = dice.between(3, 6); n > 0; n--) file();
    const waiting = cast.parts.flatMap(({ id, expects }) => (expects === 'approve' ? (sim.vault.get(id) ?? []) : []));
    const asset = waiting.filter(({ status }) => status === 'Active').at(-1)?.entityId ?? null;
    const production = sim.estate.containers.find(({ path }) => path === '/Production/Servers');
    if (asset !== null && production !== undefined) {
      time.after(dice.between(0, 40 * SECOND), () => {
        trace.say('people', `move ${asset} to production`);
        sim.vault.editAsset(asset, { parent: production.id });
        watched.assetMoved(asset);
      });
    }
    const ended = await start(stage, 'A', {}).ended;
    await sleep(HOUR);
    return ended;
  }

  /** Somebody deletes all that the program keeps, and it runs again: the vault remembers. */
  async function stateLost(): Promise<Ended> {
    for (const file of [...files.texts.keys()]) files.texts.delete(file);
    watched.stateLost();
    trace.say('people', 'somebody deletes state and reports');
    return start(stage, 'A', {}).ended;
  }

  /** Somebody has a plan prepared and applies it; mostly one of those whose requests are in it. */
  async function planApplied(): Promise<void> {
    for (let n = dice.between(2, 5); n > 0; n--) file();
    const names = cast.parts.flatMap(({ id }) => {
      const request = sim.vault.get(id);
      return request?.status === 'Active' && request.requestor.name !== '' ? [request.requestor.name] : [];
    });
    const approver = dice.pick([...names, 'okessler']);
    trace.say('people', `${approver} has a plan prepared and applies it`);
    const mishaps = drawMishaps(dice, faultPlan.mishaps / 2);
    const forges = dice.chance(0.5);
    const meddle = (plan: Plan) => {
      if (!forges) return plan;
      trace.say('people', 'somebody has what was approved rejected, in plan and archive');
      return forgedPlan(files, plan);
    };
    await start(stage, 'A', { approver, mishaps, meddle }).ended;
    if (dice.chance(0.3)) {
      trace.say('people', 'somebody puts a mail into the outbox, or changes the one in it');
      forgeMail(files, time.now());
    }
    await sleep(HOUR);
  }

  /** Somebody changes the ledger; every run has to notice, whatever else goes wrong, and then all is as it was. */
  async function harmed(): Promise<void> {
    // What a process sent before it died has arrived by then, and what it wrote was looked at.
    await sleep(MINUTE);
    watched.catchUp();
    const deed = doSomething(files, dice);
    if (deed === null) return;
    trace.say('people', `somebody ${deed.what}`);
    const record = watched.leftAlone();
    // Each of them writes a report that knows of no ledger; the last one must not believe the silence of the others.
    for (let runs = dice.pick([1, 1, 1, 4]); runs > 0; runs--) {
      record.check(deed.what, await start(stage, 'A', {}).ended);
    }
    deed.undo();
    trace.say('people', 'the ledger is brought back');
  }

  /** By the schedule; or at once, two seconds after somebody asked for a run at the intake, or had asked during the last one. */
  function untilNextRun(drawn: number): number {
    return drawn < 2 * MINUTE ? 2 * SECOND : drawn;
  }

  /** What a supervisor does: starts it, and again a while after it died. */
  async function supervised(host: string): Promise<void> {
    const others: Promise<void>[] = [];
    for (let restarts = 0; restarts < 4; restarts++) {
      const mishaps = drawMishaps(dice, restarts === 0 ? faultPlan.mishaps : faultPlan.mishaps / 2);
      const pauses = dice.chance(0.15) ? dice.between(1, 2) : 0;
      const { ended } = start(stage, host, {
        mishaps,
        pausesMs: Array.from({ length: pauses }, () => untilNextRun(dice.between(SECOND, 5 * MINUTE))),
        // Whoever sees a host stand still starts the program elsewhere.
        onFrozen: () => {
          if (dice.chance(0.6)) others.push(sleep(dice.between(SECOND, 40 * SECOND)).then(() => supervised('B')));
        },
      });
      if ((await ended).kind !== 'died' || dice.chance(0.15)) break;
      await sleep(dice.between(1, dice.pick([3 * SECOND, 3 * SECOND, 40 * SECOND, 10 * MINUTE])));
    }
    await Promise.all(others);
  }

  /** What happens while a run goes on, and soon after it. */
  function meanwhile(): void {
    const soon = () => dice.between(0, dice.chance(0.6) ? 30 * SECOND : HOUR);
    for (let n = dice.between(0, 3); n > 0; n--) time.after(soon(), () => someone.meddles());
    const beforeCalm = (what: () => void) => time.after(soon(), () => void (calm || what()));
    if (dice.chance(0.08)) beforeCalm(() => void someone.halts());
    if (dice.chance(0.08)) beforeCalm(jump);
    if (dice.chance(0.2)) beforeCalm(diskFails);
  }

  function diskFails(): void {
    const code = dice.pick(['ENOSPC', 'EROFS', 'EIO', 'EIO'] as const);
    const ms = dice.between(SECOND, dice.chance(0.5) ? 20 * SECOND : HOUR);
    trace.say('world', `the disk gives ${code} for ${Math.round(ms / SECOND)} s`);
    faultPlan.diskFails(code, ms);
  }

  function jump(): void {
    const ms = dice.between(-HOUR, HOUR);
    trace.say('world', `the clock of the machines jumps by ${Math.round(ms / SECOND)} s`);
    time.jump(ms);
  }
}

/** The people around the agent: those who decide on requests, and the one who may halt it. */
function person(stage: Stage) {
  const { dice, time, trace, sim, faultPlan, cast, files, watched } = stage;
  const { vault } = sim;
  const machine = makeMachine({ name: 'people', pid: 1, time, trace, dice, mishaps: [], onFrozen: () => {} });
  const disk = simulatedDisk({
    files,
    root: HOME,
    machine,
    dice,
    conditions: faultPlan.disk,
    written: watched.written,
  });

  async function halts(): Promise<void> {
    try {
      await halt(STATE, { at: Date.now(), by: 'mharper', reason: 'looks odd' }, disk);
      trace.say('people', 'HALT everything');
      if (dice.chance(0.5)) time.after(dice.between(MINUTE, HOUR), () => void resumes());
    } catch {
      trace.say('people', 'could not halt');
    }
  }

  async function resumes(): Promise<void> {
    await resume(STATE, { at: Date.now(), by: 'mharper' }, disk).catch(() => null);
    trace.say('people', 'let it RESUME');
  }

  /** Somebody does something to one of the requests, if it still can be done. */
  function meddles(): void {
    if (dice.chance(0.3)) {
      trace.say('people', `file a request: ${cast.arrive().kind}`);
      return;
    }
    const { id, kind } = dice.pick(cast.parts);
    const status = vault.get(id)?.status ?? '';
    const what = dice.pick(CAN_BE_DONE[status as keyof typeof CAN_BE_DONE] ?? (['edit'] as const));
    trace.say('people', `${what} ${id} (${kind}, ${status})`);
    if (what === 'withdraw') vault.withdraw(id);
    if (what === 'approve') vault.approveAs('mharper', id);
    if (what === 'reject') vault.rejectAs('okessler', id);
    if (what === 'end') vault.end(id);
    if (what === 'edit') vault.edit(id, { message: `${vault.get(id)?.message} (edited)` });
  }

  return { halts, resumes, meddles };
}

const CAN_BE_DONE = { Active: ['withdraw', 'approve', 'reject', 'edit'], Approved: ['end'] } as const;
