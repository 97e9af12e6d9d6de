import { UNSAID } from '../domain/class_mode.ts';
import type { RunRecord } from '../domain/run_record.ts';
import { headline } from '../phrases/run_headline.ts';
import { totalsOf } from '../phrases/run_totals.ts';
import { isoTime } from '../phrases/time_words.ts';
import { unreviewed, type WorkGroupName, type WorkItem, workList } from '../phrases/work_list.ts';
import { jsonText } from '../text/json.ts';
import { line, optional } from './json_line.ts';
import { nextJson, requestJson } from './request_json.ts';

/**
 * Grows when a field changes its meaning or goes away; a new field does not count. Version 1, which 0.1 wrote, had the
 * names `record`, `standing` and `second_look` for `ledger`, `access_context` and `confirmation`.
 */
export const SCHEMA_VERSION = 2;

/**
 * The machine-readable twin of the report. Names are snake_case, times ISO 8601 in UTC or null, durations milliseconds,
 * risks `low` to `critical` or null for unscored. Texts of people, models and the vault are one line each, without
 * control or invisible characters. Pure.
 *
 * - `run`: what, when, where, how it ended (`verdict`), the sentence for people (`headline`) and a halt that it met (`halt`)
 * - `ledger`: where the ledger of all runs ended when this was written (number and seal of the last entry), or null
 * - `gate`: the settings that decided, by name
 * - `totals`: the same numbers as in the Markdown
 * - `work_list`: who each waiting request waits for (`group`, `to`), what was found and what is missing
 * - `switched_off`: how many more requests each switch that is off would act on, at most where `before_confirmation`
 * - `classes`: how each class of access stands to what people decided (design of class modes: docs/deciding.md)
 * - `held_back_by_caps`, `break_glass`, `grants_past_maximum`: as in the Markdown
 * - `requests`: each with its facts, what the policy's files (`access_context`) and the screening of its texts say,
 *   assessment, `confirmation`, decision (policy basis, risk floor, next step, and `rules`, tagged by `kind` with the facts of
 *   each) and outcome, in the order of the list
 * - `malformed`, `recovered`, `warnings`, `problems`, `usage`, `own`, `steps`: as their namesakes in the Markdown
 */
export const toJson = (record: RunRecord) => ({
  ...beforeRequests(record),
  requests: record.reviewed.map(requestJson),
  ...afterRequests(record),
});

/**
 * The same part by part, for a file that is written as it is made: each request on one line of its own.
 * INVARIANT: `run` and `ledger` come first, and take no more space in a large window: `anchorsIn` reads only the beginning.
 */
export function* jsonParts(record: RunRecord): Generator<string> {
  yield `${jsonText(beforeRequests(record)).slice(0, -'\n}\n'.length)},\n  "requests": [`;
  let first = true;
  for (const one of record.reviewed) {
    yield `${first ? '' : ','}\n    ${jsonText(requestJson(one), 0).trimEnd()}`;
    first = false;
  }
  yield `${first ? '' : '\n  '}],${jsonText(afterRequests(record)).slice('{'.length)}`;
}

function beforeRequests(record: RunRecord) {
  const totals = totalsOf(record);
  return {
    schema_version: SCHEMA_VERSION,
    run: {
      id: line(record.runId),
      portcullis_version: line(record.version),
      verdict: record.verdict,
      headline: headline(record, totals),
      mode: record.mode,
      dry_run: record.dryRun,
      observing_because: optional(record.observingBecause),
      halt: haltJson(record),
      started_at: isoTime(record.startedAt),
      finished_at: isoTime(record.finishedAt),
      duration_ms: record.finishedAt - record.startedAt,
      vault_url: line(record.vaultUrl),
      agent_user: optional(record.agentUser),
      vault_token: tokenJson(record),
      plan_id: optional(record.planId),
      approved_by: optional(record.approvedBy),
      window: { from: isoTime(record.window.from), to: isoTime(record.window.to), days: record.window.days },
      deep_analysis: record.deepAnalysis,
      digests: { policy: line(record.digests.policy), prompts: line(record.digests.prompts) },
    },
    ledger: record.ledger,
    gate: Object.fromEntries(record.gate.map(({ setting, value }) => [line(setting), line(value)])),
    totals: {
      requests: totals.requests,
      by_status: Object.fromEntries(totals.byStatus.map(({ name, count }) => [line(name), count])),
      by_risk: Object.fromEntries(totals.byRisk.map(({ name, count }) => [name, count])),
      assessed_now: totals.assessed,
      assessments_remembered: totals.remembered,
      anomalies: Object.fromEntries(totals.byFlag.map(({ name, count }) => [name, count])),
      done: totals.done,
      would_have_been_done: totals.wouldDo,
      failed: totals.failed,
      outcome_unknown: totals.unknown,
      skipped: totals.skipped,
      left_undone_by_halt: totals.leftByHalt,
      waiting_for_a_person: totals.waiting.length,
      held_back_by_caps: totals.heldBack.length,
      grants_past_maximum: totals.overdue.length,
      break_glass_to_review: unreviewed(record.breakGlass).length,
      malformed: record.malformed.length,
    },
    waiting_for_a_person: totals.waiting.map((r) => line(r.dossier.request.id)),
    work_list: workList(totals.waiting).flatMap(({ name, items }) => items.map((item) => workJson(name, item))),
    held_back_by_caps: totals.heldBack.map(({ reviewed, action, why }) => ({
      request_id: line(reviewed.dossier.request.id),
      action,
      why: line(why),
    })),
    switched_off: (record.switchedOff ?? []).map(({ setting, action, more, unconfirmed, heldBack }) => ({
      ...{ setting, action, more, before_confirmation: unconfirmed, held_back_by_caps: heldBack },
    })),
    classes: (record.classes ?? []).map((one) => ({
      ...{ name: line(one.name), mode: one.mode ?? UNSAID, since: one.since === null ? null : isoTime(one.since) },
      ...{ people_decided: one.decided, people_approved: one.agreed, agreement_at_least: one.least },
      over_approvals: one.overApproved.map((id) => line(id)),
      ...{ ready: one.ready, decisions_wanting: one.wanting, approvals: one.approved, undone: one.undone },
      demoted:
        one.demotion === null
          ? null
          : { at: isoTime(one.demotion.at), why: one.demotion.why, bad: one.demotion.bad, of: one.demotion.of },
    })),
    break_glass: record.breakGlass.map((use) => ({
      request_id: line(use.requestId),
      requestor: line(use.requestor),
      subject: line(use.subject),
      status: line(use.status),
      since: isoTime(use.since),
      review:
        use.reviewed === null
          ? null
          : { by: line(use.reviewed.by), at: isoTime(use.reviewed.at), note: line(use.reviewed.note) },
    })),
    grants_past_maximum: totals.overdue.map(({ reviewed, hours, maxHours }) => ({
      request_id: line(reviewed.dossier.request.id),
      hours_granted: hours,
      max_hours: maxHours,
    })),
  };
}

function afterRequests(record: RunRecord) {
  return {
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
      blind: p.blind === true,
    })),
    usage: {
      model: line(record.usage.model),
      calls: record.usage.calls,
      prompt_tokens: record.usage.promptTokens,
      cached_prompt_tokens: record.usage.cachedTokens ?? null,
      completion_tokens: record.usage.completionTokens,
      usd: usdOf(record.usage),
      limits_met: record.costMet,
    },
    own: record.own === undefined ? null : { cpu_ms: record.own.cpuMs, peak_mb: record.own.peakMb },
    steps: record.steps.map(({ step, ms }) => ({ step, ms })),
  };
}

/** To a millionth of a dollar; null when nobody knows. */
function usdOf({ calls, usd }: RunRecord['usage']): number | null {
  if (calls === 0) return 0;
  return usd === undefined ? null : Math.round(usd * 1e6) / 1e6;
}

function tokenJson({ token }: RunRecord) {
  if (token === undefined || token === null) return null;
  return { expires_at: isoTime(token.expires), warned_from: isoTime(token.warnFrom), near: token.near };
}

function haltJson({ halt }: RunRecord) {
  if (halt === null) return null;
  return { source: halt.source, since: isoTime(halt.since), by: optional(halt.by), reason: optional(halt.reason) };
}

function workJson(group: WorkGroupName, { reviewed, next }: WorkItem) {
  const { request, facts } = reviewed.dossier;
  return {
    group,
    request_id: line(request.id),
    risk: reviewed.decision.risk,
    age_days: facts.daysSinceCreated,
    ...nextJson(next),
  };
}
