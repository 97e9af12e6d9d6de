import { createHash } from 'node:crypto';
import type { ClassEvidence, Demotion } from '../domain/class_evidence.ts';
import { decidedContent } from '../domain/decided_content.ts';
import type { Decision } from '../domain/decision.ts';
import type { Halt } from '../domain/halt.ts';
import type { Reviewed, RunFacts, RunRecord } from '../domain/run_record.ts';
import { ruleName } from '../phrases/rule_words.ts';
import { totalsOf } from '../phrases/run_totals.ts';
import { isoTime } from '../phrases/time_words.ts';
import type { HaltLine } from '../store/halt.ts';
import type { Review } from '../store/reviews.ts';
import type { ActionHistory } from './action_history.ts';
import type { NewEntry } from './entry.ts';
import { decidedKey, saidKey } from './ledger_facts.ts';

/** What a run writes to the ledger beside its actions. Pure: it only makes the entries. */

export function startEntry(facts: RunFacts): NewEntry {
  const { runId: run, mode, dryRun, version, agentUser, window, digests, planId, approvedBy, halt } = facts;
  return {
    kind: 'run.started',
    run,
    data: {
      ...{ mode, dryRun, version, agentUser, from: isoOf(window.from), to: isoOf(window.to) },
      ...{ policy: digests.policy, prompts: digests.prompts },
      ...{ plan: planId, approvedBy, halted: halt?.source ?? null },
    },
  };
}

/** What people said since it was looked for the last time. Their commands take no lock, so that a run takes it up. */
export function saidEntries(
  run: string,
  { said }: Pick<ActionHistory['facts'], 'said'>,
  {
    reviews,
    halts,
    halt = null,
  }: {
    readonly reviews: Iterable<Review>;
    readonly halts: readonly HaltLine[];
    /** The halt that the run met: its file may be all that there is of it. */
    readonly halt?: Halt | null;
  },
): NewEntry[] {
  const entries = [
    ...(halt?.source === 'file'
      ? [
          {
            kind: 'halted',
            run,
            data: { reason: halt.reason, by: halt.by ?? '', since: isoOf(halt.since ?? 0) },
          } as const,
        ]
      : []),
    ...halts.map(({ at, what, by, reason }) => {
      const moment = isoOf(Date.parse(at));
      return what === 'halt'
        ? ({ kind: 'halted', run, data: { reason, by, since: moment } } as const)
        : ({ kind: 'resumed', run, data: { by, when: moment } } as const);
    }),
    ...[...reviews].map(
      ({ at, by, request, note }) => ({ kind: 'reviewed', run, data: { request, by, note, when: isoOf(at) } }) as const,
    ),
  ];
  const news = new Map(entries.map((entry) => [saidKey(entry), entry]));
  return [...news].filter(([key]) => !said.has(key)).map(([, entry]) => entry);
}

/** What was decided on each request, as far as the ledger does not say so already. `lines` are the digests, in the same order. */
export function decidedEntries(
  { runId, digests, model }: Pick<RunFacts, 'runId' | 'digests'> & { readonly model: string },
  { decided }: Pick<ActionHistory['facts'], 'decided'>,
  prepared: readonly Reviewed[],
  lines: readonly string[],
): NewEntry[] {
  return prepared.flatMap(({ dossier: { request }, assessment, decision }, i): NewEntry[] => {
    const data = {
      request: request.id,
      content: createHash('sha256').update(decidedContent(request)).digest('hex').slice(0, 32),
      ...{ policy: digests.policy, prompts: digests.prompts, model: assessment.kind === 'scored' ? model : null },
      ...{ risk: decision.risk, verdict: decision.verdict, rules: rulesOf(decision) },
      line: lines[i],
      ...(decision.expires !== undefined && { expires: isoTime(decision.expires) }),
    };
    if (decided.get(request.id) === decidedKey(data)) return [];
    return [{ kind: 'request.decided', run: runId, data }];
  });
}

/** What is new about the classes. */
export const classEntries = (
  run: string,
  evidence: readonly ClassEvidence[],
  demoted: readonly Demotion[],
): NewEntry[] => [
  ...evidence.map(
    ({ at, ...one }): NewEntry => ({
      kind: 'class.evidence',
      run,
      data: { ...one, classes: [...one.classes], at: isoOf(at) },
    }),
  ),
  ...demoted.map(({ at: _, ...data }): NewEntry => ({ kind: 'class.demoted', run, data })),
];

/** The end of a run, in numbers; `unchanged` requests were decided just as the ledger says already. */
export function endEntry(record: RunRecord, unchanged: number): NewEntry {
  const { done, failed, unknown } = totalsOf(record);
  const count = (which: (one: Reviewed) => boolean) => record.reviewed.filter(which).length;
  return {
    kind: 'run.finished',
    run: record.runId,
    data: {
      ...{ verdict: record.verdict, approved: done.approve, rejected: done.reject, closed: done.close },
      held: count(({ decision }) => decision.verdict === 'hold'),
      unscored: count(({ assessment }) => assessment.kind === 'unscored'),
      ...{ failed, unknown, unchanged },
    },
  };
}

/** Gates and policies; a policy that led to the verdict is both a rule and its basis. */
const rulesOf = ({ rules, basis }: Decision): string[] => [...new Set([...rules.map(ruleName), ...basis])];
const isoOf = (at: number): string => new Date(at).toISOString();
