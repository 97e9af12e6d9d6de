import type { Config } from '../config/config.ts';
import type { AccessContext } from '../domain/access_context.ts';
import type { Action } from '../domain/action.ts';
import { CONFIRMED_BY, type Confirmations, type ConfirmedAction } from '../domain/confirmation.ts';
import type { Decision } from '../domain/decision.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { PolicyEngine } from '../domain/policy_case.ts';
import type { RunRecord } from '../domain/run_record.ts';
import type { ActionHistory } from '../ledger/action_history.ts';
import { heldBackOf } from '../phrases/held_back.ts';
import { brokeOff } from '../phrases/run_headline.ts';
import type { Candidate } from '../score/confirm.ts';
import type { Disk } from '../store/disk.ts';
import { addRunCount, readRunCounts } from '../store/run_counts.ts';
import type { Clock } from '../util/clock.ts';
import { DAY_MS } from '../util/durations.ts';
import { inPortions, type Portions, yieldBetween } from '../util/event_loop.ts';
import { interning } from '../util/intern.ts';
import type { Progress } from '../util/progress.ts';
import { askedOnce } from './asked_once.ts';
import type { DayCount, Usual } from './caps.ts';
import { type DecideWith, decide, type Subject } from './decide.ts';
import { prepare, withConfirmations, withinLimits } from './decide_all.ts';

export type DecideParts = ReturnType<typeof decideParts>;

type DecideSurroundings = { readonly clock: Clock; readonly disk: Disk; readonly progress: Progress };

/** Deciding as one run uses it: the pure parts, with policy, memory and what is usual put in. */
export function decideParts(config: Config, engine: PolicyEngine, { clock, disk, progress }: DecideSurroundings) {
  const once = askedOnce(engine);
  const how = (acted: ActionHistory['acted']): DecideWith => ({ policy: config.actions, engine: once, acted });
  const shown = (step: string): Portions => ({
    onProgress: (done, total) => progress.update(step, done, total),
  });
  return {
    /** What the policy's files say about each request, by its id. */
    async classify(dossiers: readonly Dossier[], now: number): Promise<ReadonlyMap<string, AccessContext>> {
      await yieldBetween(dossiers);
      const all = engine.accessContexts(now);
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

    prepare(subjects: readonly Subject[], acted: ActionHistory['acted']): Promise<Decision[]> {
      const share = interning();
      return inPortions(subjects, (some) => prepare(some, how(acted), share), shown('decide'));
    },

    candidates: (subjects: readonly Subject[], prepared: readonly Decision[]): Candidate[] =>
      subjects.flatMap((subject, i) => {
        const verdict = prepared[i]?.verdict;
        if (verdict === undefined || !Object.hasOwn(CONFIRMED_BY, verdict)) return [];
        const { dossier, accessContext } = subject;
        return [{ dossier, accessContext, history: dossier.history, action: verdict as ConfirmedAction }];
      }),

    async decide(
      subjects: readonly Subject[],
      confirmations: Confirmations,
      memory: ActionHistory | null,
    ): Promise<readonly Decision[]> {
      const usual = await usualOf(config.places.state, disk);
      const limits = { caps: config.caps, today: todayOf(memory, clock.now()), usual };
      const by = how(memory?.acted ?? (() => false));
      const share = interning();
      const voted = await inPortions(
        subjects,
        (some) => withConfirmations(some, confirmations, by, share),
        shown('confirm'),
      );
      await yieldBetween(subjects);
      const decided = withinLimits(subjects, voted, confirmations, by, limits);
      await yieldBetween(subjects);
      once.forget();
      return decided;
    },

    /** Why the live request may not get the action after all: gates and policies are asked again. */
    objection(
      subject: Subject,
      confirmations: Confirmations,
      memory: ActionHistory,
      verdict: Decision['verdict'],
    ): string | null {
      const look = { confirmation: confirmations.get(subject.dossier.request.id), heldBack: null };
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

function todayOf(memory: ActionHistory | null, now: number): DayCount {
  const approvals = memory?.approvedSince(now - DAY_MS) ?? [];
  return {
    approvals: approvals.length,
    byRequestor: (key) => approvals.filter(({ requestor }) => requestor === key).length,
    byAsset: (key) => approvals.filter(({ asset }) => asset === key).length,
  };
}
