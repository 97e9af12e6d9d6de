import type { Config } from '../config/config.ts';
import { askedOnce } from '../decide/asked_once.ts';
import type { DayCount, Usual } from '../decide/caps.ts';
import { type DecideWith, decide, type Subject } from '../decide/decide.ts';
import { prepare, withinLimits, withVotes } from '../decide/decide_all.ts';
import { between, inPortions, type Portions } from '../kit/breather.ts';
import type { Clock } from '../kit/clock.ts';
import { DAY_MS } from '../kit/durations.ts';
import type { Progress } from '../kit/progress.ts';
import { sharing } from '../kit/sharing.ts';
import type { Action } from '../request/action.ts';
import type { Decision } from '../request/decision.ts';
import type { Dossier } from '../request/dossier.ts';
import { heldBackOf } from '../request/held_back.ts';
import type { PolicyEngine } from '../request/policy_case.ts';
import { brokeOff } from '../request/run_headline.ts';
import type { RunRecord } from '../request/run_record.ts';
import type { Standing } from '../request/standing.ts';
import { VOTE_FOR, type VotedAction, type Votes } from '../request/vote.ts';
import type { Candidate } from '../score/confirm.ts';
import type { Disk } from '../state/disk.ts';
import type { Memory } from '../state/memory.ts';
import { addRunCount, readRunCounts } from '../state/run_counts.ts';

export type DecideParts = ReturnType<typeof decideParts>;

type DecideSurroundings = { readonly clock: Clock; readonly disk: Disk; readonly progress: Progress };

/** Deciding as one run uses it: the pure parts, with policy, memory and what is usual put in. */
export function decideParts(config: Config, engine: PolicyEngine, { clock, disk, progress }: DecideSurroundings) {
  const once = askedOnce(engine);
  const how = (acted: Memory['acted']): DecideWith => ({ policy: config.actions, engine: once, acted });
  const shown = (step: string): Portions => ({
    onProgress: (done, total) => progress.update(step, done, total),
  });
  return {
    /** What the policy's files say about each request, by its id. */
    async classify(dossiers: readonly Dossier[], now: number): Promise<ReadonlyMap<string, Standing>> {
      await between(dossiers);
      const all = engine.standings(now);
      // What a person holds is told by all of their requests.
      await inPortions(dossiers, (some) => {
        for (const dossier of some) all.add(dossier);
        return [];
      });
      return new Map(
        await inPortions(
          dossiers,
          (some) => some.map((dossier) => [dossier.request.id, all.of(dossier)] as const),
          shown('decide'),
        ),
      );
    },

    prepare(subjects: readonly Subject[], acted: Memory['acted']): Promise<Decision[]> {
      const share = sharing();
      return inPortions(subjects, (some) => prepare(some, how(acted), share), shown('decide'));
    },

    candidates: (subjects: readonly Subject[], prepared: readonly Decision[]): Candidate[] =>
      subjects.flatMap((subject, i) => {
        const verdict = prepared[i]?.verdict;
        if (verdict === undefined || !Object.hasOwn(VOTE_FOR, verdict)) return [];
        const { dossier, standing } = subject;
        return [{ dossier, standing, history: dossier.history, action: verdict as VotedAction }];
      }),

    async decide(subjects: readonly Subject[], votes: Votes, memory: Memory | null): Promise<readonly Decision[]> {
      const usual = await usualOf(config.places.state, disk);
      const limits = { caps: config.caps, today: todayOf(memory, clock.now()), usual };
      const by = how(memory?.acted ?? (() => false));
      const share = sharing();
      const voted = await inPortions(subjects, (some) => withVotes(some, votes, by, share), shown('confirm'));
      await between(subjects);
      const decided = withinLimits(subjects, voted, votes, by, limits);
      await between(subjects);
      once.forget();
      return decided;
    },

    /** Why the live request may not get the action after all: gates and policies are asked again. */
    objection(subject: Subject, votes: Votes, memory: Memory, verdict: Decision['verdict']): string | null {
      const look = { vote: votes.get(subject.dossier.request.id), heldBack: null };
      const again = decide(subject, look, how(memory.acted));
      return again.verdict === verdict ? null : (again.rules[0]?.says ?? 'it would be decided otherwise now');
    },

    /**
     * Remembers how much this run wanted to do, so that the next ones know what is usual: also what the caps and the
     * breaker held back, or a lasting rise would never become usual. A run that broke off says nothing about that.
     * @throws {StorageError}
     */
    async remember({ runId, verdict, reviewed }: RunRecord): Promise<void> {
      if (brokeOff(verdict)) return;
      const held = heldBackOf(reviewed);
      const wanted = (action: Action) =>
        reviewed.filter(({ decision }) => decision.verdict === action).length +
        held.filter((one) => one.action === action).length;
      const count = {
        run: runId,
        approve: wanted('approve'),
        reject: wanted('reject'),
        suspicious: reviewed.filter(({ dossier }) => dossier.texts.suspicious).length,
      };
      await addRunCount(config.places.state, count, disk);
    },
  };
}

async function usualOf(stateDir: string, disk: Disk): Promise<Usual> {
  const counts = await readRunCounts(stateDir, disk);
  return {
    approve: counts.map(({ approve }) => approve),
    reject: counts.map(({ reject }) => reject),
    suspicious: counts.map(({ suspicious }) => suspicious),
  };
}

function todayOf(memory: Memory | null, now: number): DayCount {
  const approvals = memory?.approvedSince(now - DAY_MS) ?? [];
  return {
    approvals: approvals.length,
    byRequestor: (key) => approvals.filter(({ requestor }) => requestor === key).length,
    byAsset: (key) => approvals.filter(({ asset }) => asset === key).length,
  };
}
