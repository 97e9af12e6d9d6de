import type { AccessContext } from '../domain/access_context.ts';
import { strictest } from '../domain/class_mode.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { AccessContexts } from '../domain/policy_case.ts';
import { higher, type Risk } from '../domain/risk.ts';
import { interning } from '../util/intern.ts';
import type { AccessModel } from './access_model.ts';
import { approvalCheck } from './approvals.ts';
import { conflictsOf, Holdings } from './conflicts.ts';
import { lesserOf } from './lesser.ts';
import { type Mapped, mapped, otherSpellings } from './mapping.ts';
import { anyFits } from './pattern.ts';
import { inRole, personOf } from './people.ts';

/**
 * What the policy's files say about every request. Pure. INVARIANT: rests on what the vault recorded; a justification, and
 * the names that came with a request, change nothing.
 */
export function classify(dossiers: readonly Dossier[], now: number, model: AccessModel): Map<string, AccessContext> {
  const all = accessContexts(now, model);
  for (const dossier of dossiers) all.add(dossier);
  return new Map(dossiers.map((dossier) => [dossier.request.id, all.of(dossier)]));
}

/** The same, one dossier at a time. */
export function accessContexts(now: number, model: AccessModel): AccessContexts {
  const holdings = new Holdings((dossier) => mapped(dossier, model), now);
  const share = interning();
  return {
    add: (dossier) => holdings.add(dossier),
    of: (dossier, at = now) => share(accessContextOf(dossier, mapped(dossier, model), holdings, model, at)),
  };
}

function accessContextOf(
  dossier: Dossier,
  about: Mapped,
  holdings: Holdings,
  model: AccessModel,
  now: number,
): AccessContext {
  const { request } = dossier;
  const { entitlement, classes, assetKnown, reach, operationKnown, ambiguous } = about;
  const person = personOf(request, model);
  const described = about.bySpecificity.flatMap((name) => model.classes.get(name) ?? []);
  const privileged = entitlement !== null && anyFits(model.privileged, [entitlement]);
  const standard = inRole(entitlement, person, request, model, now);
  const conflictsWith = (asked: string) => conflictsOf(request, asked, holdings, model);
  const limits = described.flatMap(({ maxHours }) => maxHours ?? []);
  return {
    entitlement,
    classes,
    neverAuto: classes.filter((name) => model.neverAuto.has(name)),
    privileged,
    ...{ assetKnown, operationKnown, ambiguous },
    person,
    rolesDefined: model.roles.size > 0,
    identitiesDefined: model.identities.length > 0,
    inRole: standard,
    lesser: standard || entitlement === null ? null : lesserOf(entitlement, person, model, conflictsWith),
    sodConflicts: entitlement === null ? [] : conflictsWith(entitlement),
    maxHours: limits.length === 0 ? null : Math.min(...limits),
    owner: described.find(({ owner }) => owner !== null)?.owner ?? null,
    approvals: approvalCheck(request, classes, person, model),
    breakGlass: described.some(({ breakGlass }) => breakGlass) || isBreakGlass(dossier, model),
    reach,
    classFloor: described
      .map(({ floor, floorPrivileged }) => (privileged ? floorPrivileged : floor))
      .reduce<Risk>(higher, 'low'),
    ...(hasModes(model) && { mode: strictest(described) }),
  };
}

/** A folder in which no class has a mode is of version 0.1, and means that everything is enforced. */
export const hasModes = ({ classes }: Pick<AccessModel, 'classes'>): boolean =>
  [...classes.values()].some(({ mode }) => mode !== null);

/** By the form that was used, or by what the vault recorded about the asset. */
function isBreakGlass({ request: { form }, asset }: Dossier, { breakGlass }: AccessModel): boolean {
  const some = (...values: (string | null | undefined)[]) => values.filter((v) => v !== null && v !== undefined);
  const spelled = (values: readonly string[]) => values.flatMap((value) => [value, ...otherSpellings(value)]);
  return (
    anyFits(breakGlass.forms, spelled(some(form?.name, form?.type, form?.id))) ||
    anyFits(breakGlass.tags, spelled(asset?.tags ?? [])) ||
    anyFits(breakGlass.assets, spelled(some(asset?.name, asset?.id)))
  );
}
