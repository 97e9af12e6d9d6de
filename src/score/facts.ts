import { type AccessContext, isUnlisted } from '../domain/access_context.ts';
import type { Dossier, Gap } from '../domain/dossier.ts';
import { statusAllows } from '../domain/status.ts';
import { plainLine } from '../text/plain_text.ts';

/**
 * What the model is told as fact: docs/model-contract.md, Facts.
 * INVARIANT: nothing here holds words of a requestor (justification, names of the requestor, the asset and the form), nor
 * an id. Paths, tags, types, classes and entitlements are written by administrators; the rest are words of the vault and
 * numbers. JSON leaves out what is undefined, so an unknown fact is absent and never a null to interpret.
 * INVARIANT: no fact grows with the clock alone. Ages and counts are ranges, and what has ended has neither, so that the
 * same request is told in the same words tomorrow (memory/recall.ts) and is not paid for again.
 */

/** How a word of the vault is let through; undefined leaves the fact out. */
type Wording = (text: string | null | undefined) => string | undefined;

const WORD_LENGTH = 64;
/** Paths and tags nest deeply. */
const PATH_LENGTH = 200;
const LIST_LENGTH = 20;
const LARGEST = 100_000;

export const anyWord: Wording = (text) => line(text, WORD_LENGTH);

/** For questions that shall hold no free text at all: an enumerated word of the vault looks like this or is left out. */
export const enumWord: Wording = (text) => (text && /^[A-Za-z]{1,40}$/.test(text) ? text : undefined);

/** A request with what the policy's files say about it; the latter is absent where nobody classified it. */
export type Known = { readonly dossier: Dossier; readonly accessContext?: AccessContext | undefined };

/**
 * INVARIANT: every kind of question (usual, facts-only, single) tells these same facts of a request, so that none is stricter
 * by accident; only the wording of the vault's own words differs.
 */
export const factsFor = (known: Known, word: Wording): Record<string, unknown> => ({
  ...vaultFacts(known.dossier, word),
  ...policyFacts(known),
});

function vaultFacts({ request, facts, asset, gaps }: Dossier, word: Wording): Record<string, unknown> {
  const waiting = statusAllows(request.status, 'approve');
  const granted = statusAllows(request.status, 'close');
  const several = (request.levels ?? request.level ?? 1) !== 1;
  return {
    status: word(request.status),
    operation: word(request.operation),
    entity_type: word(request.entityType),
    form_type: word(request.form?.type),
    exclusive: whenTrue(request.exclusive),
    level: several ? number(request.level) : undefined,
    levels: several ? number(request.levels) : undefined,
    requested_hours: number(facts.requestedHours),
    off_hours: whenTrue(facts.offHours),
    off_hours_of: facts.offHours ? offHoursOf(facts.times) : undefined,
    days_since_created: waiting ? rangeOf(facts.daysSinceCreated, AGES) : undefined,
    days_since_approved: granted ? rangeOf(facts.daysSinceApproved, AGES) : undefined,
    requestor_requests_in_window:
      (waiting || granted) && facts.requestorFrequency > 0 ? rangeOf(facts.requestorFrequency, COUNTS) : undefined,
    by_expected_automation: whenTrue(facts.own),
    asset_type: line(asset?.type, WORD_LENGTH),
    container_path: line(asset?.containerPath, PATH_LENGTH),
    tags: asset === null ? undefined : lines(asset.tags, PATH_LENGTH),
    gaps: gaps.length === 0 ? undefined : [...new Set(gaps.map((gap) => GAP_WORDS[gap.what]))],
  };
}

/**
 * What the policy's files and the history say: of what is open, and what it is about also of what has ended. Where the asset was
 * not looked up, what hangs on it is unknown and not false.
 */
function policyFacts({ dossier, accessContext }: Known): Record<string, unknown> {
  if (accessContext === undefined) return {};
  const { request, history } = dossier;
  const [waiting, granted] = [statusAllows(request.status, 'approve'), statusAllows(request.status, 'close')];
  const lookedUp = accessContext.assetKnown || wasLookedUp(dossier);
  if (!waiting && !granted && !lookedUp) return {};
  const { sodConflicts, approvals } = accessContext;
  return {
    entitlement: line(accessContext.entitlement, WORD_LENGTH),
    classes: lines(accessContext.classes, WORD_LENGTH),
    privileged: accessContext.privileged,
    break_glass: accessContext.breakGlass,
    asset_known: lookedUp ? accessContext.assetKnown : undefined,
    // Of somebody who is not listed the role is unknown, which is not the same as another one.
    in_role: lookedUp && accessContext.rolesDefined && !isUnlisted(accessContext) ? accessContext.inRole : undefined,
    class_max_hours: number(accessContext.maxHours),
    ...((waiting || granted) && {
      sod_conflicts: lines(
        sodConflicts.map(({ pair }) => pair),
        2 * WORD_LENGTH,
      ),
    }),
    ...(waiting && {
      approvals_recorded: request.approvals.filter(({ decision }) => /^approve/i.test(decision ?? '')).length,
      approvals_missing: approvals.missing,
      only_own_approval: approvals.onlySelf,
      first_for_asset: history.firstForAsset,
      requests_in_hour: number(history.requestsInHour),
    }),
  };
}

/** Whether the vault was asked about the asset, with or without an answer; a request without one needs no look. */
const wasLookedUp = ({ request, asset, gaps }: Dossier): boolean =>
  request.asset === null || asset !== null || gaps.some(({ what }) => what === 'asset' || what === 'container');

const offHoursOf = (times: Dossier['facts']['times']): string | undefined =>
  times === undefined
    ? undefined
    : [times.askedOffHours ? 'asking' : '', times.windowOffHours ? 'window' : ''].filter(Boolean).join(' and ');

/** Only the name of a gap: its reason may hold ids and addresses, and is for people. */
const GAP_WORDS = {
  requestor: 'requestor not named',
  asset: 'asset not readable',
  container: 'container not readable',
  'approval time': 'approval time not recorded',
  times: 'times that cannot be',
  window: 'window that cannot be',
  clock: 'clocks that differ',
  record: 'record read in part',
} as const satisfies Record<Gap['what'], string>;

/** Where the ranges begin. Few, because whoever crosses a limit is asked about anew. */
const AGES = [0, 7, 30] as const;
const COUNTS = [1, 10, 30, 100] as const;

/** `7 to 29`, `30 or more`: the range that holds a whole number. A number that is none is left out. */
export function rangeOf(value: number | null, starts: readonly number[]): string | undefined {
  const whole = number(value);
  if (whole === undefined) return undefined;
  const index = Math.max(
    0,
    starts.findLastIndex((start) => start <= whole),
  );
  const [from = 0, next] = starts.slice(index, index + 2);
  return next === undefined ? `${from} or more` : `${from} to ${next - 1}`;
}

/** What is mostly false is told only when it is true: docs/model-contract.md says so, and false costs tokens. */
const whenTrue = (fact: boolean | null): true | undefined => (fact === true ? true : undefined);

const number = (value: number | null | undefined): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? Math.max(-LARGEST, Math.min(LARGEST, value)) : undefined;

const lines = (texts: readonly string[], maxLength: number): string[] =>
  texts
    .slice(0, LIST_LENGTH)
    .map((text) => plainLine(text, maxLength))
    .filter((text) => text !== '');

function line(text: string | null | undefined, maxLength: number): string | undefined {
  const plain = text ? plainLine(text, maxLength) : '';
  return plain === '' ? undefined : plain;
}
