import type { AccessModel, MappingRow } from '../../policy/access_model.ts';
import { anyFits } from '../../policy/pattern.ts';
import type { Place } from '../../policy/place.ts';
import { canFitTogether, sameEntitlement, standsBefore } from '../../policy/row_order.ts';

/* What is wrong with rows of the mapping, as far as the file alone tells. */

type Found = { readonly message: string; readonly place: Place };

export const linesOf = (rows: readonly MappingRow[]): string => rows.map(({ place }) => place.line).join(', ');

/** Rows that give an entitlement for whatever is asked for, and do not say that it is meant. */
export function withoutOperation(mapping: readonly MappingRow[]): Found[] {
  const rows = mapping.filter(({ entitlement, when }) => entitlement !== null && when.operation === undefined);
  const [first] = rows;
  if (first === undefined) return [];
  const which = rows.length === 1 ? 'one row of the mapping gives' : `${rows.length} rows of the mapping give`;
  return [
    {
      message: `${which} an entitlement without naming an \`operation\`: lines ${linesOf(rows)} (\`operation: "*"\` says that any is meant)`,
      place: first.place,
    },
  ];
}

type Overlap = { readonly row: MappingRow; readonly others: readonly MappingRow[] };

/**
 * Rows that can fit one request and give different entitlements, without one that is meant to win. `decided`: by people
 * anyway, for the request is privileged or of a class that is never approved without them.
 */
function overlaps({ mapping, neverAuto, privileged }: AccessModel, decided: boolean): Overlap[] {
  const giving = mapping.filter(({ entitlement }) => entitlement !== null);
  const never = ({ classes }: MappingRow) => classes.some((name) => neverAuto.has(name));
  return giving.flatMap((row, at) => {
    const people = never(row) || anyFits(privileged, [row.entitlement ?? '']);
    const others = giving
      .slice(at + 1)
      .filter((other) => (people || never(other)) === decided)
      .filter((other) => !sameEntitlement(row, other) && canFitTogether(row, other) && !standsBefore(row, other));
    return others.length === 0 ? [] : [{ row, others }];
  });
}

export const ambiguousRows = (access: AccessModel): Found[] =>
  overlaps(access, false).map(({ row, others }) => {
    const given = [...new Set(others.map(({ entitlement }) => `\`${entitlement}\``))].join(', ');
    return {
      message: `\`${row.entitlement}\` of this row and ${given} of lines ${linesOf(others)} can fit one request, which is ambiguous and left to a person: make this row narrower, or name in \`over\` what it wins over`,
      place: row.place,
    };
  });

export function ambiguousAnyway(access: AccessModel): Found[] {
  const rows = overlaps(access, true).map(({ row }) => row);
  const [first] = rows;
  if (first === undefined) return [];
  return [
    {
      message: `ambiguous with rows that give other entitlements, on requests that people decide on anyway: lines ${linesOf(rows)}`,
      place: first.place,
    },
  ];
}
