import type { Assessment } from '../../domain/assessment.ts';
import type { Confirmation } from '../../domain/confirmation.ts';
import type { Dossier } from '../../domain/dossier.ts';
import { type RunRecord, requestorOf, subjectOf } from '../../domain/run_record.ts';
import { caseKey, type Phase, seenIn } from './as_it_waited.ts';

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
  /** People decided before a run saw it wait. */
  readonly recalled: boolean;
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
  const last = new Map<string, Dossier>();
  const byAgent = new Set<string>();
  let [from, to]: [number | null, number | null] = [null, null];
  for await (const record of records) {
    runs.push(record.runId);
    from ??= record.startedAt;
    to = record.startedAt;
    for (const reviewed of record.reviewed) {
      const { decision, outcome } = reviewed;
      const { request } = reviewed.dossier;
      last.set(request.id, reviewed.dossier);
      if (decision.verdict !== 'hold' && (outcome?.kind === 'done' || outcome?.kind === 'unknown')) {
        byAgent.add(`${decision.verdict} ${request.id}`);
      }
      for (const { phase, dossier, assessment, confirmation, recalled } of seenIn(reviewed)) {
        const key = caseKey(request.id, phase);
        const before = cases.get(key);
        // What a run saw of it tells more than what can be recalled.
        if (recalled && before?.recalled === false) continue;
        cases.set(key, {
          id: request.id,
          phase,
          requestor: requestorOf(request),
          subject: subjectOf(request),
          assessment: assessment.kind === 'unscored' ? (before?.assessment ?? assessment) : assessment,
          confirmation: confirmation ?? before?.confirmation ?? null,
          dossier,
          recorded: recalled
            ? 'hold'
            : before === undefined || before.recorded === 'hold'
              ? decision.verdict
              : before.recorded,
          recalled,
        });
      }
    }
  }
  const fates = new Map([...last].map(([id, dossier]): [string, Fate] => [id, { name: fateOf(dossier, byAgent) }]));
  return { runs, from, to, cases, fates };
}

export function fateOf({ request: { id, status, approved }, facts }: Dossier, byAgent: ReadonlySet<string>): FateName {
  // The vault's own rows name one of our accounts, whatever the archive still knows.
  if (facts.ownDecision !== undefined) return 'agent';
  if (status === 'Active') return byAgent.has(`approve ${id}`) || byAgent.has(`reject ${id}`) ? 'agent' : 'open';
  if (status === 'Rejected') return byAgent.has(`reject ${id}`) ? 'agent' : 'rejected';
  // Completed is also what was withdrawn before anybody looked; only what was granted has a time of approval.
  if (status === 'Approved' || approved !== null) return byAgent.has(`approve ${id}`) ? 'agent' : 'approved';
  return 'withdrawn';
}
