import { plainLine } from '../kit/plain_text.ts';
import { headline } from '../request/run_headline.ts';
import type { Reviewed, RunRecord } from '../request/run_record.ts';
import { totalsOf } from '../request/run_totals.ts';
import { isoTime } from '../request/time_words.ts';

/** Grows when a field changes its meaning or goes away; a new field does not count. */
export const SCHEMA_VERSION = 1;

/**
 * The machine-readable twin of the report. Names are snake_case, times ISO 8601 in UTC or null, durations milliseconds,
 * risks `low` to `critical` or null for unscored. Texts of people, models and the vault are one line each, without
 * control or invisible characters. Pure.
 *
 * - `run`: what, when, where, how it ended (`verdict`) and the sentence for people (`headline`)
 * - `gate`: the settings that decided, by name
 * - `totals`: the same numbers as in the Markdown
 * - `requests`: each with its facts, assessment, decision and outcome, in the order of the list
 * - `malformed`, `recovered`, `warnings`, `problems`, `usage`, `steps`: as their namesakes in the Markdown
 */
export function toJson(record: RunRecord) {
  const totals = totalsOf(record);
  return {
    schema_version: SCHEMA_VERSION,
    run: {
      id: record.runId,
      portcullis_version: record.version,
      verdict: record.verdict,
      headline: headline(record, totals),
      mode: record.mode,
      dry_run: record.dryRun,
      observing_because: optional(record.observingBecause),
      started_at: isoTime(record.startedAt),
      finished_at: isoTime(record.finishedAt),
      duration_ms: record.finishedAt - record.startedAt,
      vault_url: record.vaultUrl,
      agent_user: optional(record.agentUser),
      window: { from: isoTime(record.window.from), to: isoTime(record.window.to), days: record.window.days },
      deep_analysis: record.deepAnalysis,
    },
    gate: Object.fromEntries(record.gate.map(({ setting, value }) => [setting, value])),
    totals: {
      requests: totals.requests,
      by_status: Object.fromEntries(totals.byStatus.map(({ name, count }) => [line(name), count])),
      by_risk: Object.fromEntries(totals.byRisk.map(({ name, count }) => [name, count])),
      anomalies: Object.fromEntries(totals.byFlag.map(({ name, count }) => [name, count])),
      done: totals.done,
      would_have_been_done: totals.wouldDo,
      failed: totals.failed,
      outcome_unknown: totals.unknown,
      skipped: totals.skipped,
      waiting_for_a_person: totals.waiting.length,
      malformed: record.malformed.length,
    },
    waiting_for_a_person: totals.waiting.map((r) => line(r.dossier.request.id)),
    requests: record.reviewed.map(requestJson),
    malformed: record.malformed.map((m) => ({ position: m.position, id: optional(m.id), problem: line(m.problem) })),
    recovered: record.recovered.map((r) => ({
      request_id: line(r.requestId),
      action: r.action,
      run_id: line(r.runId),
      found: r.found,
      says: line(r.says),
    })),
    warnings: record.warnings.map(line),
    problems: record.problems.map((p) => ({
      where: line(p.where),
      message: line(p.message),
      advice: optional(p.advice),
    })),
    usage: {
      model: line(record.usage.model),
      calls: record.usage.calls,
      prompt_tokens: record.usage.promptTokens,
      completion_tokens: record.usage.completionTokens,
    },
    steps: record.steps.map(({ step, ms }) => ({ step, ms })),
  };
}

function requestJson({ dossier, assessment, decision, outcome, comment }: Reviewed) {
  const { request, facts, asset, gaps } = dossier;
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
      requestor_frequency: facts.requestorFrequency,
      off_hours: facts.offHours,
      days_since_created: facts.daysSinceCreated,
      days_since_approved: facts.daysSinceApproved,
      requested_hours: facts.requestedHours,
    },
    deep_analysis:
      asset === null
        ? null
        : { type: optional(asset.type), container: optional(asset.containerPath), tags: asset.tags.map(line) },
    gaps: gaps.map((gap) => ({ what: gap.what, why: line(gap.why) })),
    assessment:
      assessment.kind === 'unscored'
        ? { kind: assessment.kind, why: line(assessment.why) }
        : {
            kind: assessment.kind,
            risk: assessment.risk,
            normalised: assessment.normalised,
            anomaly_flags: [...assessment.flags],
            summary: line(assessment.summary),
            comment: line(assessment.comment),
          },
    decision: {
      verdict: decision.verdict,
      risk: decision.risk,
      needs_person: decision.needsPerson,
      rules: decision.rules.map(({ rule, says }) => ({ rule: line(rule), says: line(says) })),
    },
    outcome: outcomeJson(outcome),
    comment: optional(comment),
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

const line = (text: string): string => plainLine(text, 4000);
const optional = (text: string | null): string | null => (text === null ? null : line(text));
