import type { AccessContext } from '../domain/access_context.ts';
import type { Action } from '../domain/action.ts';
import type { Assessment } from '../domain/assessment.ts';
import type { ClassEvidence, ClassStanding, Demotion, JudgedClass, NewOfClasses } from '../domain/class_evidence.ts';
import { boundBy } from '../domain/class_mode.ts';
import type { Confirmations, ConfirmCandidate, SecondAnswers } from '../domain/confirmation.ts';
import type { Decision } from '../domain/decision.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { AccessContexts, PolicyEngine } from '../domain/policy_case.ts';
import type { RunFacts, SwitchedOff } from '../domain/run_record.ts';
import { DAY_MS } from '../util/durations.ts';
import { inPortions, type Portions, yieldBetween } from '../util/event_loop.ts';
import { interning } from '../util/intern.ts';
import { askedOnce } from './asked_once.ts';
import { type Caps, dayCountOf, type RunCount, usualOf } from './caps.ts';
import { newEvidence, type OwnApproval } from './class_evidence.ts';
import { type ClassLimits, classStandings, EVIDENCE_DAYS } from './class_standing.ts';
import { actionComment } from './comment.ts';
import { missingConfidence } from './confidence.ts';
import { type ActionPolicy, type DecideWith, decide, type Subject } from './decide.ts';
import { prepare, withConfirmations, withinLimits } from './decide_all.ts';
import { couldBeApproved } from './foreseen.ts';
import type { Reverting } from './revert.ts';
import { saidByPerson } from './run_mode.ts';
import { toConfirm, withSecondAnswers } from './second_answers.ts';
import { switchedOff } from './switched_off.ts';
import { type Decided, worseThan } from './worse.ts';

type DecideParts = {
  readonly policy: ActionPolicy;
  readonly caps: Caps;
  readonly engine: PolicyEngine;
  readonly facts: Pick<RunFacts, 'startedAt' | 'mode' | 'approvedBy' | 'planId'>;
  /** What is to be taken back, where a person prepares that or approved it. */
  readonly reverting?: Reverting | undefined;
  /** The modes of the classes, with what people took back and the sample that is left to them. */
  readonly bound: (requestId: string, context: AccessContext) => AccessContext;
  /** The classes of the policy; empty where none has a mode. */
  readonly classes: readonly JudgedClass[];
  readonly classLimits: ClassLimits;
  /** Our own accounts, as far as they are known by then. */
  readonly accounts: () => readonly string[];
  /** Digest of the policy folder. */
  readonly policyDigest: string;
  /** How much earlier runs wanted to do, oldest first. */
  readonly runCounts: () => Promise<readonly RunCount[]>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onProgress: (step: 'decide' | 'confirm', done: number, total: number) => void;
};

/** Of the action history: whether the agent did something to a request before. */
type History = {
  acted(requestId: string, action: Action): boolean;
  approvedSince(
    moment: number,
  ): readonly (OwnApproval & { readonly requestor: string | null; readonly asset: string | null })[];
  readonly facts: {
    readonly classEvidence: ReadonlyMap<string, ClassEvidence>;
    readonly demotions: ReadonlyMap<string, Demotion>;
  };
};

export type Weighed = NewOfClasses & {
  readonly subjects: readonly Subject[];
  readonly standings: readonly ClassStanding[];
};

function demote(subject: Subject, fallen: ReadonlySet<string>): Subject {
  const { mode, classes } = subject.accessContext;
  if (mode === undefined) return subject;
  const now = boundBy(mode, classes, fallen, () => false);
  return now === mode ? subject : { ...subject, accessContext: { ...subject.accessContext, mode: now } };
}

/** Deciding as one run uses it: the pure parts, with policy, action history and what is usual put in. */
export function decideStep(parts: DecideParts) {
  const { policy, caps, engine, facts, reverting, bound, runCounts, now, onProgress } = parts;
  const once = askedOnce(engine);
  let contexts: AccessContexts | null = null;
  let off: readonly SwitchedOff[] = [];
  // By the clock and not by the beginning of the run: the model may have taken its time, and a window may have ended.
  const how = (acted: History['acted']): DecideWith => ({
    ...{ policy, engine: once, acted, approver: facts.approvedBy, byPerson: saidByPerson(facts), reverting },
    now: Math.max(facts.startedAt, now()),
  });
  const shown = (step: 'decide' | 'confirm'): Portions => ({
    onProgress: (done, total) => onProgress(step, done, total),
  });
  return {
    /** The access context of every request, by its id. */
    async classify(dossiers: readonly Dossier[]): Promise<ReadonlyMap<string, AccessContext>> {
      await yieldBetween(dossiers);
      const all = engine.accessContexts(facts.startedAt);
      contexts = all;
      // What a person holds is told by all of their requests.
      await inPortions(dossiers, (some) => {
        for (const dossier of some) all.add(dossier);
        return [];
      });
      return new Map(
        await inPortions(dossiers, (some) =>
          some.map((dossier) => {
            const { id } = dossier.request;
            return [id, bound(id, all.of(dossier))] as const;
          }),
        ),
      );
    },

    /** The ids of the requests that this run could approve; `known` are the readings that need not be asked for. */
    async foresee(
      dossiers: readonly Dossier[],
      accessContexts: ReadonlyMap<string, AccessContext>,
      known: ReadonlyMap<string, Assessment>,
      acted: History['acted'],
    ): Promise<ReadonlySet<string>> {
      const by = how(acted);
      const foreseen = await inPortions(dossiers, (some) =>
        some.flatMap((dossier) => {
          const { id } = dossier.request;
          const accessContext = accessContexts.get(id);
          return accessContext !== undefined && couldBeApproved({ dossier, accessContext }, known.get(id), by)
            ? [id]
            : [];
        }),
      );
      return new Set(foreseen);
    },

    /** Whether the request would be rejected, as far as everything but its confirmation and the caps goes. */
    rejects: (subject: Subject, acted: History['acted']): boolean =>
      decide(subject, null, how(acted)).verdict === 'reject',

    /**
     * What people decided by now about the classes, with the requests as the modes stand after it. What it finds has to be in
     * the ledger before anything is done.
     */
    weighClasses(subjects: readonly Subject[], history: History): Weighed {
      if (parts.classes.length === 0 || contexts === null)
        return { subjects, standings: [], evidence: [], demoted: [] };
      const all = contexts;
      const { classEvidence: known, demotions } = history.facts;
      const evidence = newEvidence(subjects, {
        ...{ known, policy: parts.policyDigest, how: how(() => false) },
        approvals: history.approvedSince(facts.startedAt - EVIDENCE_DAYS * DAY_MS),
        contextOf: (dossier) => all.of(dossier),
        who: { accounts: parts.accounts(), rejectedByUs: (id) => history.acted(id, 'reject'), now: facts.startedAt },
      });
      const together = new Map([...known, ...evidence.map((one) => [one.request, one] as const)]);
      const judged = classStandings(parts.classes, together.values(), demotions, parts.classLimits, facts.startedAt);
      const fallen = new Set(judged.demoted.map((one) => one.class));
      return {
        ...judged,
        evidence,
        subjects: fallen.size === 0 ? subjects : subjects.map((one) => demote(one, fallen)),
      };
    },

    prepare(subjects: readonly Subject[], acted: History['acted']): Promise<Decision[]> {
      const share = interning();
      return inPortions(subjects, (some) => prepare(some, how(acted), share), shown('decide'));
    },

    /** What is still to be asked; `known` are the confirmations that there are. */
    toConfirm: (
      subjects: readonly Subject[],
      proposed: readonly Decision[],
      known: Confirmations,
      acted: History['acted'],
    ): readonly ConfirmCandidate[] => toConfirm(subjects, proposed, known, how(acted)),

    /** The readings with what the second answers about the candidates said. */
    reread: (
      subjects: readonly Subject[],
      confirmations: Confirmations,
      candidates: readonly ConfirmCandidate[],
      second: SecondAnswers,
    ) => withSecondAnswers(subjects, confirmations, candidates, second, policy.approveUpTo),

    async decide(
      subjects: readonly Subject[],
      confirmations: Confirmations,
      history: History | null,
    ): Promise<readonly Decision[]> {
      const today = dayCountOf(history?.approvedSince(now() - DAY_MS) ?? []);
      const limits = { caps, today, usual: usualOf(await runCounts()) };
      const by = how((id, action) => history?.acted(id, action) ?? false);
      const share = interning();
      const confirmed = await inPortions(
        subjects,
        (some) => withConfirmations(some, confirmations, by, share),
        shown('confirm'),
      );
      await yieldBetween(subjects);
      const decided = withinLimits(subjects, confirmed, confirmations, by, limits);
      await yieldBetween(subjects);
      // Whoever applies a plan asked for what is in it, and for nothing else.
      off =
        facts.mode === 'applying'
          ? []
          : await switchedOff({ subjects, confirmed, decided, confirmations, how: by, limits });
      once.forget();
      return decided;
    },

    /** What each switch that is off would have changed in what was decided last. */
    switchedOff: (): readonly SwitchedOff[] => off,

    /**
     * Why the live request may not get the action after all, by its dossier of now: the access context, the risk floor,
     * policies and gates are asked again, and nothing may be worse than when it was decided.
     */
    objection(
      before: Decided & Subject,
      dossier: Dossier,
      confirmations: Confirmations,
      history: Pick<History, 'acted'>,
      action: Action,
    ): string | null {
      if (contexts === null) throw new Error('nothing was classified in this run');
      const subject = { ...before, dossier, accessContext: bound(dossier.request.id, contexts.of(dossier, now())) };
      const confirmed = { confirmation: confirmations.get(dossier.request.id), heldBack: null };
      return worseThan(before, { ...subject, decision: decide(subject, confirmed, how(history.acted)) }, action);
    },

    /** One line for the run when answers came without a confidence. */
    missingConfidence: (subjects: readonly Subject[], confirmations: Confirmations) =>
      missingConfidence(subjects, confirmations, policy.confidenceNeeded),

    comment: (action: Action, decision: Decision, assessment: Assessment): string =>
      actionComment(
        action,
        decision,
        assessment,
        facts.mode === 'autonomous' ? { kind: 'policy' } : { kind: 'person', name: facts.approvedBy },
      ),
  };
}
