import type { Assessment } from '../../domain/assessment.ts';
import type { Confirmation } from '../../domain/confirmation.ts';
import type { Dossier } from '../../domain/dossier.ts';
import { type RunRecord, requestorOf, subjectOf } from '../../domain/run_record.ts';

/** The statuses at which something can be decided, and so a case of the backtest. */
export const PHASES = ['Active', 'Approved'] as const;
export type Phase = (typeof PHASES)[number];
export const phaseOf = (status: string): Phase | null => PHASES.find((phase) => phase === status) ?? null;

/** One request at one status: decided once, however many runs saw it. */
export const caseKey = (requestId: string, phase: Phase): string => `${phase} ${requestId}`;

/** What the runs of the range know together about each case, and about what became of it. */
export type History = {
  readonly runs: readonly string[];
  readonly from: number | null;
  readonly to: number | null;
  readonly cases: ReadonlyMap<string, PastCase>;
  readonly fates: ReadonlyMap<string, Fate>;
};

export type PastCase = {
  readonly id: string;
  readonly phase: Phase;
  readonly requestor: string;
  readonly subject: string;
  /** The newest rating at this status; an unscored one only while there is no other. */
  readonly assessment: Assessment;
  /** The newest confirmation at this status, of whichever kind. */
  readonly confirmation: Confirmation | null;
  readonly dossier: Dossier;
  /** What the runs themselves decided: the first action, or else hold. */
  readonly recorded: 'approve' | 'reject' | 'close' | 'hold';
};

/** What became of a request, and by whom. */
export const FATES = {
  approved: 'people approved it',
  rejected: 'people rejected it',
  withdrawn: 'withdrawn or ended',
  agent: 'the agent acted',
  open: 'still waits',
} as const;
export type FateName = keyof typeof FATES;
export type Fate = { readonly name: FateName };

/** Reads one run after the other; what it keeps is small, so that hundreds of runs fit. */
export async function readHistory(records: AsyncIterable<RunRecord>): Promise<History> {
  const runs: string[] = [];
  const cases = new Map<string, PastCase>();
  const last = new Map<string, Dossier['request']>();
  const byAgent = new Set<string>();
  let [from, to]: [number | null, number | null] = [null, null];
  for await (const record of records) {
    runs.push(record.runId);
    from ??= record.startedAt;
    to = record.startedAt;
    for (const { dossier, assessment, confirmation, decision, outcome } of record.reviewed) {
      const { request } = dossier;
      last.set(request.id, request);
      if (decision.verdict !== 'hold' && (outcome?.kind === 'done' || outcome?.kind === 'unknown')) {
        byAgent.add(`${decision.verdict} ${request.id}`);
      }
      const phase = phaseOf(request.status);
      if (phase === null) continue;
      const key = caseKey(request.id, phase);
      const before = cases.get(key);
      cases.set(key, {
        id: request.id,
        phase,
        requestor: requestorOf(request),
        subject: subjectOf(request),
        assessment: assessment.kind === 'unscored' ? (before?.assessment ?? assessment) : assessment,
        confirmation: confirmation ?? before?.confirmation ?? null,
        dossier,
        recorded: before === undefined || before.recorded === 'hold' ? decision.verdict : before.recorded,
      });
    }
  }
  const fates = new Map([...last].map(([id, request]): [string, Fate] => [id, { name: fateOf(request, byAgent) }]));
  return { runs, from, to, cases, fates };
}

function fateOf({ id, status, approved }: Dossier['request'], byAgent: ReadonlySet<string>): FateName {
  if (status === 'Active') return byAgent.has(`approve ${id}`) || byAgent.has(`reject ${id}`) ? 'agent' : 'open';
  if (status === 'Rejected') return byAgent.has(`reject ${id}`) ? 'agent' : 'rejected';
  // Completed is also what was withdrawn before anybody looked; only what was granted has a time of approval.
  if (status === 'Approved' || approved !== null) return byAgent.has(`approve ${id}`) ? 'agent' : 'approved';
  return 'withdrawn';
}
