import { REACHES, type Reach } from '../domain/access_context.ts';
import { isContractOperation } from '../domain/access_request.ts';
import { assetRead } from '../domain/asset_unknown.ts';
import type { Dossier } from '../domain/dossier.ts';
import { plainLine } from '../text/plain_text.ts';
import type { AccessModel, MappingRow, WhenKey } from './access_model.ts';
import { ambiguousAmong, isAnyOperation, looksAtAsset } from './row_order.ts';

/** What a request is about, in the policy's words. */
export type Mapped = {
  readonly entitlement: string | null;
  /** Sorted. */
  readonly classes: readonly string[];
  /** As above, in the order of the rows that gave them: the most specific first. */
  readonly bySpecificity: readonly string[];
  readonly assetKnown: boolean;
  /** The widest that a fitting row gives. */
  readonly reach: Reach | null;
  /** A fitting row names the operation; or it is one of the vault's contract and a fitting row leaves it open. */
  readonly operationKnown: boolean;
  /** The entitlements of fitting rows of which none is meant to win; empty where it is clear which counts. */
  readonly ambiguous: readonly string[];
};

/**
 * The first fitting row with an entitlement gives it, and it has to be clear that it wins (`row_order.ts`). The classes of
 * all fitting rows add up, and the widest reach counts.
 * What fits in another spelling only gives nothing: it adds classes and reach, and makes another entitlement ambiguous.
 * INVARIANT: looks at what the vault recorded about the asset and at what the request technically asks for, never at a
 * name or text that came with the request.
 */
export function mapped(dossier: Dossier, { mapping }: AccessModel): Mapped {
  const facts = factsOf(dossier);
  const fitting = mapping.filter((row) => rowFits(row, facts));
  const spelled = inOtherSpellings(facts);
  const perhaps = spelled === null ? fitting : mapping.filter((row) => rowFits(row, spelled));
  const bySpecificity = [...new Set(perhaps.flatMap(({ classes }) => classes))];
  return {
    entitlement: entitlementOf(fitting),
    classes: [...bySpecificity].sort(),
    bySpecificity,
    assetKnown: assetRead(dossier) && fitting.some((row) => looksAtAsset(row) && saysWhatItIs(row)),
    reach: REACHES.findLast((one) => perhaps.some(({ reach }) => reach === one)) ?? null,
    operationKnown: isKnown(dossier.request.operation, fitting),
    ambiguous: ambiguous(fitting, perhaps),
  };
}

const entitlementOf = (fitting: readonly MappingRow[]): string | null =>
  fitting.find(({ entitlement }) => entitlement !== null)?.entitlement ?? null;

/** Among the rows that fit; or between these and those that fit in another spelling, where they give something else. */
function ambiguous(fitting: readonly MappingRow[], perhaps: readonly MappingRow[]): readonly string[] {
  const [certain, other] = [entitlementOf(fitting), entitlementOf(perhaps)];
  if (other === null || certain === other) return ambiguousAmong(fitting);
  return [...new Set([...ambiguousAmong(fitting), ...(certain === null ? [] : [certain]), other])];
}

/** A pattern that fits every operation names none: with it a row leaves open what is asked for. */
function isKnown(operation: string | null, fitting: readonly MappingRow[]): boolean {
  if (operation === null) return false;
  const names = ({ when }: MappingRow) => when.operation !== undefined && /[\p{L}\p{N}]/u.test(when.operation.text);
  return fitting.some((row) => saysWhatItIs(row) && (names(row) || isContractOperation(operation)));
}

type MappingFacts = Readonly<Record<WhenKey, readonly string[]>>;

function factsOf({ request, asset }: Dossier): MappingFacts {
  const some = (...values: (string | null | undefined)[]) => values.filter((v) => v !== null && v !== undefined);
  return {
    asset_type: some(asset?.type),
    container: some(asset?.containerPath),
    tag: asset?.tags ?? [],
    operation: some(request.operation),
    // The vault's own record, not the name that the request carries.
    asset: some(asset?.name, asset?.id),
    entity_type: some(request.entityType),
  };
}

/**
 * The same facts with blanks, invisible characters and letter forms as people mean them, and with blanks around `::` or
 * none; null where that changes nothing. Whoever tags an asset by hand may well write "Environment::  Production".
 */
function inOtherSpellings(facts: MappingFacts): MappingFacts | null {
  const kinds = ['asset_type', 'tag', 'asset', 'container'] as const;
  if (kinds.every((kind) => facts[kind].every((value) => otherSpellings(value).length === 0))) return null;
  const wider = kinds.map((kind) => [kind, facts[kind].flatMap((value) => [value, ...otherSpellings(value)])] as const);
  return { ...facts, ...Object.fromEntries(wider) };
}

export function otherSpellings(value: string): readonly string[] {
  const plain = plainPath(value);
  const usual = plain.includes('::') ? plain.replace(COLONS, ' :: ').trim() : plain;
  if (usual === value) return NONE;
  return [...new Set([usual, plain, plain.replace(COLONS, '::')])].filter((one) => one !== value);
}
const NONE: readonly string[] = [];
const COLONS = / ?:: ?/g;

/** Also of a path: each of its parts. */
const plainPath = (value: string): string =>
  value
    .split('/')
    .map((part) => plainLine(part, LONGEST_PART))
    .join('/');
const LONGEST_PART = 10_000;

const rowFits = (row: MappingRow, facts: MappingFacts): boolean => missedKeys(row, facts).next().done === true;

/** The keys of the row that do not fit, one by one. */
function* missedKeys({ when }: MappingRow, facts: MappingFacts): Generator<WhenKey> {
  for (const key of Object.keys(when) as WhenKey[]) {
    if (key === 'operation' && isAnyOperation(when[key]?.text ?? '')) continue;
    if (!facts[key].some((value) => when[key]?.fits(value))) yield key;
  }
}

/** How one row meets one request. `spelling`: only as people mean it, so that it adds classes and reach and gives nothing. */
export type RowAnswer = {
  readonly row: MappingRow;
  readonly fits: 'yes' | 'spelling' | 'no';
  /** What of it does not fit, and what stands there instead. */
  readonly missed: readonly { readonly key: WhenKey; readonly pattern: string; readonly values: readonly string[] }[];
};

/** Every row of the mapping with its answer, in the order of the file. */
export function rowAnswers(dossier: Dossier, { mapping }: Pick<AccessModel, 'mapping'>): RowAnswer[] {
  const facts = factsOf(dossier);
  const spelled = inOtherSpellings(facts);
  return mapping.map((row) => {
    const missed = [...missedKeys(row, facts)];
    const fits = missed.length === 0 ? 'yes' : spelled !== null && rowFits(row, spelled) ? 'spelling' : 'no';
    return {
      ...{ row, fits },
      missed: missed.map((key) => ({ key, pattern: row.when[key]?.text ?? '', values: facts[key] })),
    };
  });
}

// How far something reaches does not tell what it is.
const saysWhatItIs = ({ entitlement, classes }: MappingRow): boolean => entitlement !== null || classes.length > 0;
