import { plainLine } from '../kit/plain_text.ts';
import type { Dossier, Gap, History } from '../request/dossier.ts';
import type { Standing } from '../request/standing.ts';

/**
 * What the model is told as fact: docs/model-contract.md, Facts.
 * INVARIANT: nothing here holds words of a requestor (justification, names of the requestor, the asset and the form), nor
 * an id. Paths, tags, types, classes and entitlements are written by administrators; the rest are words of the vault and
 * numbers. JSON leaves out what is undefined, so an unknown fact is absent and never a null to interpret.
 */

/** How a word of the vault is let through; undefined leaves the fact out. */
type Wording = (text: string | null | undefined) => string | undefined;

/** A request that is looked at a second time, with what the policy's files and the history say about it. */
export type Considered = { readonly dossier: Dossier; readonly standing: Standing; readonly history?: History };

const WORD_LENGTH = 64;
/** Paths and tags nest deeply. */
const PATH_LENGTH = 200;
const LIST_LENGTH = 20;
const LARGEST = 100_000;

export const anyWord: Wording = (text) => line(text, WORD_LENGTH);

/** For questions that shall hold no free text at all: an enumerated word of the vault looks like this or is left out. */
export const enumWord: Wording = (text) => (text && /^[A-Za-z]{1,40}$/.test(text) ? text : undefined);

export function factsFor({ request, facts, asset, gaps }: Dossier, word: Wording): Record<string, unknown> {
  return {
    status: word(request.status),
    operation: word(request.operation),
    entity_type: word(request.entityType),
    form_type: word(request.form?.type),
    exclusive: request.exclusive ?? undefined,
    level: number(request.level),
    levels: number(request.levels),
    requested_hours: number(facts.requestedHours),
    off_hours: facts.offHours,
    days_since_created: number(facts.daysSinceCreated),
    days_since_approved: number(facts.daysSinceApproved),
    requestor_requests_in_window: facts.requestorFrequency === 0 ? undefined : number(facts.requestorFrequency),
    by_expected_automation: facts.own,
    asset_type: line(asset?.type, WORD_LENGTH),
    container_path: line(asset?.containerPath, PATH_LENGTH),
    tags: asset === null ? undefined : lines(asset.tags, PATH_LENGTH),
    gaps: gaps.length === 0 ? undefined : [...new Set(gaps.map((gap) => GAP_WORDS[gap.what]))],
  };
}

/** What the policy's files and the history say, for the second look. */
export function policyFacts({ dossier, standing, history }: Considered): Record<string, unknown> {
  const { sodConflicts, approvals } = standing;
  return {
    entitlement: line(standing.entitlement, WORD_LENGTH),
    classes: lines(standing.classes, WORD_LENGTH),
    privileged: standing.privileged,
    break_glass: standing.breakGlass,
    asset_known: standing.assetKnown,
    in_role: standing.rolesDefined ? standing.inRole : undefined,
    sod_conflicts: lines(
      sodConflicts.map(({ pair }) => pair),
      2 * WORD_LENGTH,
    ),
    class_max_hours: number(standing.maxHours),
    approvals_recorded: dossier.request.approvals.filter(({ decision }) => /^approve/i.test(decision ?? '')).length,
    approvals_missing: approvals.missing,
    only_own_approval: approvals.onlySelf,
    first_for_asset: history?.firstForAsset,
    requests_in_hour: number(history?.requestsInHour),
  };
}

/** Only the name of a gap: its reason may hold ids and addresses, and is for people. */
const GAP_WORDS = {
  requestor: 'requestor not named',
  asset: 'asset not readable',
  container: 'container not readable',
  'approval time': 'approval time not recorded',
} as const satisfies Record<Gap['what'], string>;

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
