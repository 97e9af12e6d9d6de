import type { AccessContext } from '../domain/access_context.ts';
import { lowestConfidence } from '../domain/assessment.ts';
import type { RuleTrace } from '../domain/decision.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { NextStep } from '../domain/next_step.ts';
import type { Reviewed } from '../domain/run_record.ts';
import { basisOf, confirmationAgreed } from '../phrases/gate_words.ts';
import { toldRule } from '../phrases/rule_words.ts';
import { isoTime } from '../phrases/time_words.ts';
import { line, optional } from './json_line.ts';

/** One request of the twin: what it was, what was known, what was decided and what became of it. */
export function requestJson(reviewed: Reviewed) {
  const { dossier, accessContext, assessment, confirmation, decision, outcome, comment } = reviewed;
  const { request, facts, history, texts, asset, gaps } = dossier;
  return {
    id: line(request.id),
    status: line(request.status),
    created_at: isoTime(request.created),
    approved_at: isoTime(request.approved),
    completed_at: isoTime(request.completed),
    requested_from: isoTime(request.requestedFrom),
    requested_to: isoTime(request.requestedTo),
    requestor: {
      id: optional(request.requestor.id),
      name: optional(request.requestor.name),
      display_name: optional(request.requestor.displayName),
    },
    asset: request.asset === null ? null : { id: optional(request.asset.id), name: optional(request.asset.name) },
    operation: optional(request.operation),
    entity_type: optional(request.entityType),
    exclusive: request.exclusive,
    form: request.form === null ? null : { id: optional(request.form.id), name: optional(request.form.name) },
    level: request.level,
    levels: request.levels,
    justification: line(request.justification),
    facts: {
      own: facts.own,
      may_be_own: facts.mayBeOwn ?? false,
      requestor_frequency: facts.requestorFrequency,
      off_hours: facts.offHours,
      asked_off_hours: facts.times?.askedOffHours ?? null,
      window_off_hours: facts.times?.windowOffHours ?? null,
      days_since_created: facts.daysSinceCreated,
      days_since_approved: facts.daysSinceApproved,
      requested_hours: facts.requestedHours,
      contiguous_hours: facts.times?.contiguousHours ?? null,
      window_begins_in_hours: facts.times?.beginsInHours ?? null,
      window_fault: facts.times?.fault ?? null,
      first_for_asset: history.firstForAsset,
      requests_in_hour: history.requestsInHour,
      own_decision: facts.ownDecision ?? null,
      refusal: refusalJson(history.refusal),
    },
    deep_analysis:
      asset === null
        ? null
        : { type: optional(asset.type), container: optional(asset.containerPath), tags: asset.tags.map(line) },
    access_context: accessContextJson(accessContext),
    text: {
      flags: texts.flags.map(line),
      evidence: texts.evidence.map(line),
      suspicious: texts.suspicious,
      content_free: texts.contentFree,
    },
    tickets: ticketsJson(dossier.tickets),
    gaps: gaps.map((gap) => ({ what: gap.what, why: line(gap.why) })),
    assessment:
      assessment.kind === 'unscored'
        ? { kind: assessment.kind, why: line(assessment.why) }
        : {
            kind: assessment.kind,
            risk: assessment.risk,
            normalised: assessment.normalised,
            remembered: assessment.remembered === true,
            first_answer: assessment.firstAnswer ?? null,
            borne_out: assessment.borneOut === true,
            anomaly_flags: [...assessment.flags],
            confidence: assessment.confidence ?? null,
            summary: line(assessment.summary),
            comment: line(assessment.comment),
          },
    confirmation: confirmationJson(reviewed),
    decision: {
      verdict: decision.verdict,
      floor: decision.floor,
      risk: decision.risk,
      /** The lowest of all readings. */
      confidence: lowestConfidence([assessment, ...(confirmation === null ? [] : [confirmation.assessment])]),
      expires_at: isoTime(decision.expires ?? null),
      needs_person: decision.needsPerson,
      policy_basis: basisOf(decision).map(({ id, says }) => ({ id: line(id), says: optional(says) })),
      next: decision.next === null ? null : nextJson(decision.next),
      rules: decision.rules.map(ruleJson),
    },
    outcome: outcomeJson(outcome),
    comment: optional(comment),
  };
}

const ticketsJson = (tickets: Dossier['tickets']) =>
  tickets === undefined
    ? null
    : {
        cited: tickets.cited.map(line),
        ...{ found: tickets.found, open: tickets.open, names_requestor: tickets.namesRequestor },
        ...{ names_asset: tickets.namesAsset, window_fits: tickets.windowFits, unknown: tickets.unknown.map(line) },
      };

function refusalJson(refusal: Dossier['history']['refusal']) {
  if (refusal === undefined) return null;
  const { request, by, at, word } = refusal;
  return { request: line(request), by: optional(by), at: isoTime(at), word: optional(word) };
}

function accessContextJson({ person, sodConflicts, approvals, ...accessContext }: AccessContext) {
  return {
    entitlement: optional(accessContext.entitlement),
    classes: accessContext.classes.map(line),
    never_auto: accessContext.neverAuto.map(line),
    privileged: accessContext.privileged,
    asset_known: accessContext.assetKnown,
    operation_known: accessContext.operationKnown ?? null,
    ambiguous: (accessContext.ambiguous ?? []).map(line),
    max_hours: accessContext.maxHours,
    owner: optional(accessContext.owner),
    break_glass: accessContext.breakGlass,
    reach: accessContext.reach ?? null,
    class_floor: accessContext.classFloor ?? null,
    mode: accessContext.mode ?? null,
    roles_defined: accessContext.rolesDefined,
    identities_defined: accessContext.identitiesDefined ?? null,
    in_role: accessContext.inRole,
    lesser: accessContext.lesser
      ? { entitlement: line(accessContext.lesser.entitlement), role: line(accessContext.lesser.role) }
      : null,
    person: {
      known: person.known,
      roles: person.roles.map(line),
      department: optional(person.department),
      manager: optional(person.manager),
    },
    sod_conflicts: sodConflicts.map(({ pair, asked, held, source }) => ({
      pair: line(pair),
      asked: line(asked),
      held: line(held),
      held_by_request: source.kind === 'request' ? line(source.id) : null,
    })),
    approvals: { required: approvals.required, missing: approvals.missing, only_self: approvals.onlySelf },
  };
}

function confirmationJson(reviewed: Reviewed) {
  const { confirmation } = reviewed;
  if (confirmation === null) return null;
  const { kind, assessment } = confirmation;
  return {
    kind,
    agreed: confirmationAgreed(reviewed),
    risk: assessment.kind === 'scored' ? assessment.risk : null,
    first_answer: assessment.kind === 'scored' ? (assessment.firstAnswer ?? null) : null,
    borne_out: assessment.kind === 'scored' && assessment.borneOut === true,
    remembered: assessment.kind === 'scored' && assessment.remembered === true,
    anomaly_flags: assessment.kind === 'scored' ? [...assessment.flags] : [],
    confidence: assessment.kind === 'scored' ? (assessment.confidence ?? null) : null,
    why_not: assessment.kind === 'scored' ? null : line(assessment.why),
  };
}

function outcomeJson(outcome: Reviewed['outcome']) {
  if (outcome === null) return null;
  switch (outcome.kind) {
    case 'done':
      return { kind: outcome.kind, status_after: optional(outcome.statusAfter), note: line(outcome.note) };
    case 'skipped':
      return { kind: outcome.kind, reason: outcome.reason, why: line(outcome.why) };
    case 'failed':
    case 'unknown':
      return { kind: outcome.kind, why: line(outcome.why) };
  }
}

/** Every text in it goes through `line`, whatever facts a rule has. */
function ruleJson(trace: RuleTrace): unknown {
  const safe = (fact: unknown): unknown => {
    if (typeof fact === 'string') return line(fact);
    if (Array.isArray(fact)) return fact.map(safe);
    if (typeof fact !== 'object' || fact === null) return fact;
    return Object.fromEntries(Object.entries(fact).map(([name, inner]) => [name, safe(inner)]));
  };
  return safe(toldRule(trace));
}

export const nextJson = ({ kind, to, finding, ask, alternative }: NextStep) => ({
  next: kind,
  to: line(to),
  finding: line(finding),
  ask: optional(ask),
  alternative: optional(alternative),
});
