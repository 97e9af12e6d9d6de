import { assetRead } from '../../domain/asset_unknown.ts';
import type { Dossier } from '../../domain/dossier.ts';
import { isApproval, isUndecided } from '../../domain/recorded_decisions.ts';
import { requestorOf } from '../../domain/run_record.ts';
import { isUnreadable, marksOf } from './sensitive.ts';

/** Requests for the same kind of thing in one place, as a row of the mapping can name it. */
export type Group = {
  readonly container: string;
  readonly type: string;
  readonly operation: string;
  readonly requests: number;
  readonly requestors: number;
  readonly waiting: number;
  /** Decided by people. */
  readonly approved: number;
  readonly refused: number;
  /** Account → how many of them it approved; the most first. */
  readonly approvers: readonly (readonly [string, number])[];
  /** Hours that were granted, sorted. */
  readonly hours: readonly number[];
  /** Why it is not proposed; null when it is. */
  readonly not: string | null;
};

/**
 * So many approvals by people of one type in one container, of two persons at least, are the least that a row is proposed for; and so
 * many for its operation.
 */
export const ENOUGH = 5;
const ENOUGH_OF_IT = 2;
/** Texts are refused as well, not only places: a few refusals keep nothing from being recommended. */
const REFUSED_AT_MOST = 0.1;
const ASKED_BY = 2;

/** The operations with which records of the vault are changed. */
const CHANGES =
  /edit|write|rotate|reset|change|update|delete|remove|create|manage|grant|share|owner|admin|modif|änder|lösch|supprim|elimin|borrar/i;
/** What a pattern could not name without naming something else. */
const UNNAMEABLE = /[*?{},]/;

/** All groups of the window, those with the most requests first. */
export function groupsOf(dossiers: readonly Dossier[]): Group[] {
  const known = dossiers.filter(
    (dossier) => assetRead(dossier) && !dossier.facts.own && dossier.facts.mayBeOwn !== true,
  );
  const by = Map.groupBy(known, keyOf);
  const together = new Map<string, number>();
  for (const one of known) {
    if (isApprovedByPeople(one) && marksOf(one).length === 0)
      together.set(placeOf(one), (together.get(placeOf(one)) ?? 0) + 1);
  }
  return [...by.values()]
    .map((some) => groupOf(some, together.get(some[0] === undefined ? '' : placeOf(some[0])) ?? 0))
    .sort((a, b) => b.requests - a.requests || (named(a) < named(b) ? -1 : 1));
}

/** What is marked is a group of its own: a row for the others opens nothing of it, because its own row protects it. */
const keyOf = (dossier: Dossier): string => {
  const { asset, request } = dossier;
  const marked = marksOf(dossier).length > 0;
  return JSON.stringify([asset?.containerPath ?? '', asset?.type ?? '', request.operation ?? '', marked]);
};
const placeOf = ({ asset }: Dossier): string => JSON.stringify([asset?.containerPath ?? '', asset?.type ?? '']);
export const isApprovedByPeople = ({ request, facts }: Dossier): boolean =>
  facts.ownDecision === undefined && ['Approved', 'Completed'].includes(request.status) && request.approved !== null;
const named = ({ container, type, operation }: Group): string => `${container} ${type} ${operation}`;

function groupOf(dossiers: readonly Dossier[], together: number): Group {
  const [first] = dossiers;
  const decided = (status: readonly string[]) =>
    dossiers.filter(({ request, facts }) => facts.ownDecision === undefined && status.includes(request.status));
  const approved = dossiers.filter(isApprovedByPeople);
  const refused = decided(['Rejected']);
  const approvers = new Map<string, number>();
  for (const { request } of approved) {
    for (const row of request.approvals) {
      if (row.user === null || isUndecided(row) || !isApproval(row)) continue;
      approvers.set(row.user, (approvers.get(row.user) ?? 0) + 1);
    }
  }
  const group = {
    container: first?.asset?.containerPath ?? '',
    type: first?.asset?.type ?? '',
    operation: first?.request.operation ?? '',
    requests: dossiers.length,
    requestors: new Set(dossiers.map(({ request }) => requestorOf(request))).size,
    waiting: dossiers.filter(({ request }) => request.status === 'Active').length,
    approved: approved.length,
    refused: refused.length,
    approvers: [...approvers].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)),
    hours: approved.flatMap(({ facts }) => facts.requestedHours ?? []).sort((a, b) => a - b),
  };
  return { ...group, not: whyNot(group, dossiers, together) };
}

/** INVARIANT: what is marked as sensitive in any way, or what nobody here can read, is never proposed. */
function whyNot(group: Omit<Group, 'not'>, dossiers: readonly Dossier[], together: number): string | null {
  const { container, type, operation, approved, refused, requestors } = group;
  const [mark] = dossiers.flatMap(marksOf);
  if (mark !== undefined)
    return `sensitive: \`${mark.word}\` in its ${mark.key} ${JSON.stringify(mark.value)} (${mark.kind})`;
  if (container === '' || type === '') return 'the vault names no container, or no type';
  if (operation === '') return 'the vault names no operation';
  if ([container, type, operation].some((text) => UNNAMEABLE.test(text))) return 'a pattern cannot name it exactly';
  if (dossiers.flatMap(textsOf).some(isUnreadable))
    return 'written in letters that the list of sensitive words does not know';
  if (CHANGES.test(operation)) return 'it changes records of the vault';
  if (dossiers.some(({ gaps }) => gaps.some(({ what }) => what === 'asset' || what === 'container')))
    return 'some of its assets could not be read';
  if (refused > REFUSED_AT_MOST * (approved + refused)) return `people refused ${refused} of ${approved + refused}`;
  if (together < ENOUGH || approved < ENOUGH_OF_IT)
    return `people approved only ${approved} (${together} of the type there); ${ENOUGH_OF_IT} and ${ENOUGH} are the least`;
  return requestors < ASKED_BY ? 'only one person asks for it' : null;
}

const textsOf = ({ asset }: Dossier): string[] =>
  [asset?.name, asset?.type, asset?.containerPath, ...(asset?.tags ?? [])].filter(
    (text) => text !== null && text !== undefined,
  );
