import type { AccessContext } from '../domain/access_context.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import type { ClassEvidence, Found } from '../domain/class_evidence.ts';
import type { Dossier } from '../domain/dossier.ts';
import { isRefused, isRefusedBetween, personKeys, sameThing, type WhoDecided } from '../domain/recorded_decisions.ts';
import { DAY_MS } from '../util/durations.ts';
import { asItWaited, decidedByPeople } from './as_it_waited.ts';
import { type DecideWith, decide, type Subject } from './decide.ts';

/** An approval of ours, as the ledger has it; `at` in milliseconds since the epoch. */
export type OwnApproval = {
  readonly request: string;
  readonly at: number;
  /** Who said yes to it; null when the policy did. */
  readonly approvedBy: string | null;
};

export type EvidenceParts = {
  /** What was found before, by request. */
  readonly known: ReadonlyMap<string, ClassEvidence>;
  readonly approvals: readonly OwnApproval[];
  readonly how: DecideWith;
  /** The access context of a request as it stood when it waited. */
  readonly contextOf: (dossier: Dossier) => AccessContext;
  readonly who: WhoDecided;
  /** Digest of the policy folder. */
  readonly policy: string;
};

/** After so long a refusal of the same is about something else. */
const UNDONE_WITHIN_MS = 14 * DAY_MS;

/**
 * What is new about the classes of these requests: what the policy would have approved, what people decided on it, and which
 * approvals of ours they took back. Pure. Nothing for a folder in which no class has a mode.
 * INVARIANT: what a person said yes to, at the prompt or by a plan, is no approval of the class.
 */
export function newEvidence(subjects: readonly Subject[], parts: EvidenceParts): ClassEvidence[] {
  const ours = new Map(parts.approvals.map((one) => [one.request, one]));
  const beside = besideOurs(subjects, ours);
  return subjects.flatMap((subject): ClassEvidence[] => {
    const { mode } = subject.accessContext;
    const { request } = subject.dossier;
    if (mode === undefined) return [];
    const known = parts.known.get(request.id);
    // The asset of a settled request is often not read any more: it is of the classes that it had when it waited.
    const classes = subject.accessContext.classes.length > 0 ? subject.accessContext.classes : (known?.classes ?? []);
    if (classes.length === 0) return [];
    const approval = ours.get(request.id);
    const found =
      approval === undefined ? byPeople(subject, known, parts) : byUs(request, approval, known, beside, parts);
    if (found === null || (known?.found === found.found && known.policy === parts.policy)) return [];
    return [{ request: request.id, classes, policy: parts.policy, ...found }];
  });
}

type News = { readonly found: Found; readonly at: number } | null;

function byUs(
  request: AccessRequest,
  { at, approvedBy }: OwnApproval,
  known: ClassEvidence | undefined,
  beside: (request: AccessRequest) => readonly AccessRequest[],
  { who }: EvidenceParts,
): News {
  if (approvedBy !== null || known?.found === 'undone') return null;
  const refused =
    // Whatever stands against a request that we approved came after us: the gate leaves alone what was refused before.
    isRefusedBetween(request, request.created, Number.POSITIVE_INFINITY, who) ||
    beside(request).some((other) => isRefusedBetween(other, at, at + UNDONE_WITHIN_MS, who));
  if (refused) return { found: 'undone', at };
  return known?.found === 'approved' ? null : { found: 'approved', at };
}

function byPeople(subject: Subject, known: ClassEvidence | undefined, parts: EvidenceParts): News {
  const { dossier } = subject;
  const { request, facts } = dossier;
  if (facts.own || facts.mayBeOwn === true || facts.ownDecision !== undefined) return null;
  if (request.status === 'Active') {
    if (request.approvals.length > 0) return null;
    const found = wouldApprove(subject, parts) ? 'would-approve' : 'left-to-people';
    // Nothing to enter for what was never about to be approved: its status will tell.
    if (found === 'left-to-people' && known?.found !== 'would-approve') return null;
    return { found, at: request.created };
  }
  if (!decidedByPeople(dossier)) return null;
  const settled = isRefused(request) ? 'over-approved' : 'agreed';
  const at = decidedAt(request);
  if (known?.found === 'would-approve') return { found: settled, at };
  // Evaluated once by each policy; an asset that was not read this time says nothing against what was known.
  if (known !== undefined && (known.policy === parts.policy || !subject.accessContext.assetKnown)) return null;
  const waited = asItWaited(dossier);
  const would = wouldApprove({ ...subject, dossier: waited, accessContext: parts.contextOf(waited) }, parts);
  return { found: would ? settled : 'left-to-people', at };
}

/** As if the switch were on, its class enforced and nothing confirmed: what is compared with the decision of a person. */
function wouldApprove({ accessContext: { mode: _, ...enforced }, ...rest }: Subject, { how }: EvidenceParts): boolean {
  const policy = { ...how.policy, autoApprove: true };
  const { approver: _approver, byPerson: _byPerson, reverting: _reverting, ...alone } = how;
  const with_ = { ...alone, policy, acted: () => false };
  return decide({ ...rest, accessContext: enforced }, null, with_).verdict === 'approve';
}

const decidedAt = ({ approvals, approved, created }: AccessRequest): number =>
  Math.max(created, approved ?? 0, ...approvals.map((row) => row.created ?? 0));

/** Requests of the same person for the same thing, for those that we approved. */
function besideOurs(subjects: readonly Subject[], ours: ReadonlyMap<string, OwnApproval>) {
  const persons = new Map<string, AccessRequest[]>();
  const approved = subjects.filter(({ dossier }) => ours.has(dossier.request.id));
  for (const { dossier } of approved) for (const key of personKeys(dossier.request)) persons.set(key, []);
  if (persons.size > 0) {
    for (const { dossier } of subjects) {
      for (const key of personKeys(dossier.request)) persons.get(key)?.push(dossier.request);
    }
  }
  return (request: AccessRequest): readonly AccessRequest[] =>
    personKeys(request)
      .flatMap((key) => persons.get(key) ?? [])
      .filter((other) => other.id !== request.id && sameThing(other, request));
}
