import { z } from 'zod';
import { lowestConfidence } from '../domain/assessment.ts';
import type { Decision } from '../domain/decision.ts';
import type { Risk } from '../domain/risk.ts';
import { type Reviewed, subjectOf } from '../domain/run_record.ts';
import { basisOf } from '../phrases/gate_words.ts';
import { outcomeCell } from '../phrases/outcome_words.ts';
import { isoTime } from '../phrases/time_words.ts';
import { line, optional } from './json_line.ts';

/**
 * A decision in the form of the AgentAz blueprint for access requests, for programs that know that form and not ours. Its
 * words are the blueprint's where it has one; `ours` marks those that it lacks.
 */
export const AGENTAZ_DECISIONS = {
  AUTO_PROVISION: { about: 'approved without a person, and carried out', ours: false },
  REQUEST_INFO: { about: 'a question goes back to the requestor', ours: false },
  ESCALATE: { about: 'a person decides', ours: false },
  REJECT: { about: 'rejected without a person, and carried out', ours: true },
  SETTLED: { about: 'nothing is left to decide: it was decided by others, ended or closed', ours: true },
} as const satisfies Record<string, { about: string; ours: boolean }>;
type AgentazDecision = keyof typeof AGENTAZ_DECISIONS;
const DECISION_NAMES = Object.keys(AGENTAZ_DECISIONS) as [AgentazDecision, ...AgentazDecision[]];

/** Three words for our four, and the highest where nobody rated it: nothing unrated may look harmless. */
const RISK_WORDS = { low: 'low', medium: 'moderate', high: 'high', critical: 'high' } as const satisfies Record<
  Risk,
  string
>;

export const AgentazForm = z
  .strictObject({
    request_id: z.string().describe('Id of the request in the vault.'),
    requester_role: z.string().nullable().describe('Roles by access.yml, with commas; null when none is known.'),
    requested_access: z.string().describe('The entitlement by the mapping, else the operation and the asset.'),
    risk: z
      .enum(['low', 'moderate', 'high'])
      .describe('medium is moderate; high, critical and what nobody rated are high.'),
    policy_basis: z.array(z.string()).describe('The policies that determined the decision, with their sentence.'),
    sod_conflict: z.boolean().describe('Whether it conflicts with a duty that the person has.'),
    approvals: z
      .array(z.strictObject({ by: z.string().nullable(), level: z.int().nullable(), decision: z.string().nullable() }))
      .describe('As the vault recorded them when it was decided; nothing that a text claims.'),
    decision: z.enum(DECISION_NAMES).describe('REJECT and SETTLED are extensions of Portcullis.'),
    grant: z
      .strictObject({
        access: z.string().nullable(),
        time_bound: z.string().nullable().describe('When the access ends, ISO 8601.'),
        applied: z.boolean().describe('True only when the vault said afterwards that it is granted.'),
      })
      .describe('Nulls where nothing is granted.'),
    actions: z.array(z.string()).describe('What was done in the vault, and what became of it.'),
    requester_note: z.string().describe('What the requestor may be told; nothing about risk, flags or other requests.'),
    escalation: z.strictObject({
      needed: z.boolean(),
      to: z.string().nullable(),
      reason: z.string().nullable(),
    }),
    confidence: z.number().min(0).max(1).nullable().describe('The lowest of all readings of the model.'),
  })
  .describe('One decision in the form of the AgentAz blueprint for access requests.');
export type AgentazForm = z.infer<typeof AgentazForm>;

/** Pure. Every text of others in it is one plain line. */
export function agentazForm(reviewed: Reviewed): AgentazForm {
  const { dossier, accessContext, assessment, confirmation, decision, outcome } = reviewed;
  const { request } = dossier;
  const word = decisionWord(reviewed);
  const { entitlement, person, sodConflicts } = accessContext;
  const access = line(entitlement ?? [request.operation ?? 'access', subjectOf(request)].join(' on '));
  const given = word === 'AUTO_PROVISION';
  return {
    request_id: line(request.id),
    requester_role: person.roles.length === 0 ? null : line(person.roles.join(', ')),
    requested_access: access,
    risk: decision.risk === null ? 'high' : RISK_WORDS[decision.risk],
    policy_basis: basisOf(decision).map(({ id, says }) => line(says === null ? id : `${id}: ${says}`)),
    sod_conflict: sodConflicts.length > 0,
    approvals: request.approvals.map((one) => ({
      by: optional(one.user),
      level: Number.isInteger(one.level) ? one.level : null,
      decision: optional(one.decision),
    })),
    decision: word,
    grant: {
      access: given ? access : null,
      time_bound: given ? isoTime(decision.expires ?? request.requestedTo) : null,
      applied: given && isGranted(reviewed),
    },
    actions:
      decision.verdict === 'hold' || outcome === null ? [] : [`${decision.verdict}: ${outcomeCell(outcome, line)}`],
    requester_note: noteOf(word, reviewed),
    escalation: escalationOf(word, reviewed),
    confidence: lowestConfidence([assessment, ...(confirmation === null ? [] : [confirmation.assessment])]),
  };
}

/** INVARIANT: what was decided and not carried out is a person's to decide, and is never told as granted or refused. */
function decisionWord({ dossier, decision, outcome }: Reviewed): AgentazDecision {
  const { verdict, next } = decision;
  const { status } = dossier.request;
  const carriedOut = outcome?.kind === 'done';
  if (verdict === 'approve') return carriedOut ? 'AUTO_PROVISION' : 'ESCALATE';
  if (verdict === 'reject') return carriedOut ? 'REJECT' : 'ESCALATE';
  if (verdict === 'close') return carriedOut ? 'SETTLED' : 'ESCALATE';
  if (next?.kind === 'request_info') return 'REQUEST_INFO';
  if (status === 'Active' || decision.needsPerson) return 'ESCALATE';
  const { ownDecision } = dossier.facts;
  if (ownDecision === 'approve' && status === 'Approved') return 'AUTO_PROVISION';
  return ownDecision === 'reject' && status === 'Rejected' ? 'REJECT' : 'SETTLED';
}

/** Approving one of several levels grants nothing yet. */
const isGranted = ({ dossier, outcome }: Reviewed): boolean =>
  outcome === null
    ? dossier.request.status === 'Approved'
    : outcome.kind === 'done' && outcome.statusAfter === 'Approved';

/** INVARIANT: no finding about a text, no risk, no flag and no word of the model: whoever asks could learn by trying. */
function noteOf(word: AgentazDecision, { dossier, accessContext, decision }: Reviewed): string {
  const { lesser } = accessContext;
  switch (word) {
    case 'AUTO_PROVISION':
      return 'Portcullis approved this automatically.';
    case 'REJECT':
      return 'Portcullis rejected this automatically; please ask your security team.';
    case 'REQUEST_INFO':
      return line(decision.next?.ask ?? 'Please say what is needed, and for what.');
    case 'SETTLED':
      return `Nothing is left to decide: its status is ${line(dossier.request.status)}.`;
    case 'ESCALATE':
      return lesser
        ? `A person decides about this request. ${line(lesser.entitlement)} comes with the role ${line(lesser.role)} already.`
        : 'A person decides about this request.';
  }
}

function escalationOf(word: AgentazDecision, { decision, outcome }: Reviewed): AgentazForm['escalation'] {
  if (word !== 'ESCALATE') return { needed: false, to: null, reason: null };
  if (decision.next !== null) return ofNextStep(decision, decision.next);
  const what = `the policies say ${decision.verdict}`;
  const reason =
    outcome === null ? `${what}; it was prepared and not carried out` : `${what}; ${outcomeCell(outcome, line)}`;
  return { needed: true, to: 'security', reason: line(reason) };
}

/** What waits for nobody, such as for a cap, is looked at again by the next run. */
const ofNextStep = ({ needsPerson }: Decision, { kind, to, finding, alternative }: NonNullable<Decision['next']>) => ({
  needed: needsPerson || kind !== 'observe',
  to: line(to),
  reason: line(alternative === null ? finding : `${finding}; ${alternative}`),
});
