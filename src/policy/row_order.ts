import type { MappingRow, WhenKey } from './access_model.ts';
import { anyFits, contains, meets } from './pattern.ts';

/*
 * Which of two rows of the mapping stands before the other where both fit one request. The order of the file alone does not
 * say it: whoever adds a row in the middle may not have seen the others.
 */

/** Whether `row` is meant to win over `other`: by its `over`, or because it fits strictly fewer requests. */
export function standsBefore(row: MappingRow, other: MappingRow): boolean {
  if (other.entitlement !== null && anyFits(row.over, [other.entitlement])) return true;
  const known = narrower.get(row) ?? new Map<MappingRow, boolean>();
  narrower.set(row, known);
  const before = known.get(other);
  if (before !== undefined) return before;
  const found = isWithin(row, other) && !isWithin(other, row);
  known.set(other, found);
  return found;
}
/** Asked for pairs of one file only, again for every request. */
const narrower = new WeakMap<MappingRow, Map<MappingRow, boolean>>();

/** Whether everything that fits `row` fits `other`. */
const isWithin = (row: MappingRow, other: MappingRow): boolean =>
  keysOf(other).every((key) => {
    const [special, general] = [row.when[key], other.when[key]];
    if (general === undefined || (key === 'operation' && isAnyOperation(general.text))) return true;
    return special !== undefined && contains(general, special);
  });

const keysOf = ({ when }: MappingRow): WhenKey[] => Object.keys(when) as WhenKey[];

/** `operation: "*"` says: whatever is asked for, also where the vault names no operation. */
export const isAnyOperation = (pattern: string): boolean => /^\*+$/.test(pattern);

// A row about the operation alone fits any asset, so it says nothing about whether this one is known.
export const looksAtAsset = ({ when }: MappingRow): boolean =>
  when.asset_type !== undefined || when.container !== undefined || when.tag !== undefined || when.asset !== undefined;

/** What a request has one of. An asset has many tags, and two names: its id is one. */
const SINGLE = ['asset_type', 'container', 'operation', 'entity_type'] as const satisfies readonly WhenKey[];
const SEVERAL = ['tag', 'asset'] as const satisfies readonly WhenKey[];

/**
 * Whether one request can plainly fit both rows. Two patterns for tags that no single tag fits are left out: an asset with
 * both tags is seen when there is one.
 */
export function canFitTogether(a: MappingRow, b: MappingRow): boolean {
  if ([...SINGLE, ...SEVERAL].some((key) => a.when[key] && b.when[key] && !meets(a.when[key], b.when[key])))
    return false;
  // Only assets have what a row about an asset looks at.
  const ofAssets = (one: MappingRow, other: MappingRow) =>
    !looksAtAsset(one) || other.when.entity_type === undefined || other.when.entity_type.fits('Asset');
  return ofAssets(a, b) && ofAssets(b, a);
}

/** What the rows that fit one request give, where it is not clear which of them counts; empty where it is. */
export function ambiguousAmong(fitting: readonly MappingRow[]): readonly string[] {
  const giving = fitting.filter((row) => row.entitlement !== null);
  const [first] = giving;
  if (first === undefined) return CLEAR;
  const [winners, others] = [
    giving.filter((row) => sameEntitlement(row, first)),
    giving.filter((row) => !sameEntitlement(row, first)),
  ];
  const open = others.filter((other) => !winners.some((row) => standsBefore(row, other)));
  if (open.length === 0) return CLEAR;
  return [...new Set([first, ...open].flatMap(({ entitlement }) => entitlement ?? []))];
}
const CLEAR: readonly string[] = [];

export const sameEntitlement = (a: MappingRow, b: MappingRow): boolean =>
  a.entitlement?.toLowerCase() === b.entitlement?.toLowerCase();
