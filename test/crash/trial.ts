/** One installation whose processes are killed again and again, until it is left in peace to do what is still to be done. */
import { existsSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { makeDice } from '../../simulator/dice.ts';
import { openPlace, type Settings, type Started } from '../e2e/place.ts';
import { byTag } from '../e2e/tagged_model.ts';
import * as evidence from './evidence.ts';
import { type Death, meetDeath, type Phase, phaseOf, planDeath } from './life.ts';
import { makeLoad } from './load.ts';
import { newFaults } from './upstream_faults.ts';

export type Kill = { readonly phase: Phase; readonly writes: number; readonly inHand: boolean };
export type Trial = {
  readonly kills: readonly Kill[];
  /** Processes that ended by themselves before their time, and those that were let be in the end. */
  readonly whole: number;
  readonly requests: number;
  readonly writes: number;
  readonly mails: number;
  /** Eligible requests that a report names as unclear. */
  readonly unknown: number;
  readonly findings: readonly string[];
};

export type TrialOptions = {
  readonly times: number;
  readonly seed: number;
  /** Requests at the start. */
  readonly requests: number;
  readonly onKill?: (kill: Kill) => void;
};

/** Everything eligible is due, a part of it in each run; short waits, so that a trial ends. */
const SETTINGS: Settings = {
  CAP_APPROVALS_PER_RUN: '40',
  CAP_REJECTIONS_PER_RUN: '20',
  CAP_APPROVALS_PER_DAY: '100000',
  CAP_APPROVALS_PER_REQUESTOR_PER_DAY: '100000',
  CAP_APPROVALS_PER_ASSET_PER_DAY: '100000',
  BREAKER_FACTOR: '0',
  VAULT_TIMEOUT_SECONDS: '2',
  SCHEDULE_CRON: '* * * * * *',
};
const APPROVER = 'svc-approver';
/** After so many whole runs something is wrong when there is still something to do. */
const MOST_RUNS = 25;
/** On a busy machine a run over everything that has gathered takes minutes. */
const IN_PEACE = { patienceMs: 600_000 };

export async function killAgainAndAgain({ times, seed, requests, onKill }: TrialOptions): Promise<Trial> {
  const dice = makeDice(seed);
  await using place = await openPlace({ seed, model: { behaviour: byTag } }, SETTINGS);
  const { sim } = place;
  const load = makeLoad(place, dice);
  load.arrive(requests);
  // Every other installation acts with a borrowed token, which has to be given back too.
  const settings: Settings = seed % 2 === 0 ? {} : { VAULT_ACTION_ASSET_ID: tokenAsset().id };
  const kills: Kill[] = [];
  const findings: string[] = [];
  let whole = 0;
  // How long a process lives here and today, unless it is killed. For a few kills a guess is good enough.
  let usualLifeMs = times > 10 ? await lifeInPeace() : 3_000;

  while (kills.length < times && findings.length === 0) {
    newFaults(sim, dice);
    load.arrive(dice.between(0, 6));
    const death = planDeath(dice, usualLifeMs);
    const { life, killed, lifeMs, hadRival } = await live(death);
    const after = `after kill ${kills.length + 1} (${phaseOf(life.stderr())}, seed ${seed})`;
    findings.push(...check().map((finding) => `${finding}, ${after}`));
    if (killed) continue;
    const { code, stderr } = await life.ended;
    // The other one was quicker to take the lock.
    if (code === 3 && hadRival) continue;
    whole += 1;
    usualLifeMs = Math.round((usualLifeMs + lifeMs) / 2);
    if (code !== 0 && code !== 4)
      findings.push(`ENDED with ${code}, ${after}: ${stderr.split('\n').slice(-4).join(' ')}`);
  }
  if (findings.length === 0) findings.push(...(await letBe()));
  return {
    ...{ kills, whole, findings },
    requests: load.wanted.size,
    writes: writesSoFar(),
    mails: sim.mailbox.mails.length,
    unknown: findings.length === 0 ? evidence.lost(place, load).unknown : 0,
  };

  async function live(death: Death): Promise<{ life: Started; killed: boolean; lifeMs: number; hadRival: boolean }> {
    const before = writesSoFar();
    const begun = Date.now();
    // A daemon goes on with the next run; a run ends.
    const life = place.start(dice.chance(0.25) ? ['start', '--now'] : ['run'], settings);
    // Sometimes an operator starts another one, and both go down with the machine.
    const rival = dice.chance(0.06) ? place.start(['run'], settings) : null;
    const quiet = new AbortController();
    const [killed] = await Promise.all([
      meetDeath(place, life, death).finally(() => quiet.abort()),
      load.goOn(quiet.signal),
    ]);
    rival?.child.kill('SIGKILL');
    await rival?.ended;
    if (killed) {
      const kill: Kill = {
        phase: phaseOf(life.stderr()),
        writes: writesSoFar() - before,
        inHand: evidence.inHand(place) > 0,
      };
      kills.push(kill);
      onKill?.(kill);
    }
    return { life, killed, lifeMs: Date.now() - begun, hadRival: rival !== null };
  }

  function writesSoFar(): number {
    return sim.journal.of('approve', 'reject', 'complete').length;
  }

  function check(): string[] {
    return [
      ...evidence.misdeeds(place, load),
      ...evidence.doubleMails(place),
      ...evidence.unreadable(place),
      ...evidence.open(place),
    ];
  }

  async function lifeInPeace(): Promise<number> {
    const begun = Date.now();
    await place.start(['run'], settings, IN_PEACE).ended;
    return Date.now() - begun;
  }

  /** Runs without any fault until there is nothing left to do; then everything has to be in order. */
  async function letBe(): Promise<string[]> {
    sim.faults.clear();
    sim.vault.knobs.credentialApproval = { ms: 1 };
    for (let runs = 1; ; runs++) {
      makeOld(place.state);
      makeOld(place.reports);
      const before = writesSoFar();
      const { code, stderr } = await place.start(['run'], settings, IN_PEACE).ended;
      whole += 1;
      if (code !== 0 && code !== 4) return [`ENDED with ${code} in peace: ${stderr.slice(-600)}`];
      if (runs === MOST_RUNS) return [`NO END: there is still something to do after ${runs} whole runs`];
      if (writesSoFar() > before || runs === 1) continue;
      const { lost, unknown } = evidence.lost(place, load);
      const verified = await place.start(['verify']).ended;
      const calm = code === 0 || unknown > 0;
      return [
        ...(calm ? [] : [`ENDED with ${code} when there was nothing to do: ${stderr.slice(-600)}`]),
        ...(verified.code === 0 ? [] : [`RECORD not whole: ${verified.stdout}${verified.stderr}`]),
        ...check(),
        ...lost,
        ...evidence.leftovers(place),
        ...place.openCredentials().map((one) => `CREDENTIAL left open: ${one}`),
        ...place.leaks().map((where) => `SECRET in ${where}`),
      ];
    }
  }

  function tokenAsset() {
    const password = sim.vault.issueToken({ user: APPROVER });
    return sim.vault.addAsset({ name: 'approver token', credential: { user: APPROVER, password } });
  }
}

/** So that what a killed process left counts as left. */
function makeOld(folder: string): void {
  // Nobody lived long enough to write a report.
  if (!existsSync(folder)) return;
  const hourAgo = new Date(Date.now() - 3_600_000);
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    utimesSync(join(folder, name), hourAgo, hourAgo);
  }
}
