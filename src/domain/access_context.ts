import type { BoundMode } from './class_mode.ts';
import type { Risk } from './risk.ts';

/**
 * What the policy's files say about a request, from facts that the requestor cannot write: what is asked for, by whom,
 * what they hold already. Made by `policy/`, read by `decide/`, report and mail.
 */
export type AccessContext = {
  /** `resource:level` by the mapping of `policy/access.yml`, such as `payment:approve`; null when no row fits. */
  readonly entitlement: string | null;
  /** Names of classes (`production`, `domain-controllers`, …), sorted; empty when no row fits. */
  readonly classes: readonly string[];
  /** Those of the classes that are never decided without a person. */
  readonly neverAuto: readonly string[];
  /** The entitlement fits one of the `privileged` patterns. */
  readonly privileged: boolean;
  /** Type, container and tags of the asset were read and a row of the mapping fits: the facts that approving rests on. */
  readonly assetKnown: boolean;
  /** Whether a row of the mapping, or the vault's contract, knows the operation; absent in runs archived before. */
  readonly operationKnown?: boolean;
  /** Entitlements that fitting rows give where none of the rows is meant to win; absent in runs archived before. */
  readonly ambiguous?: readonly string[];
  readonly person: Person;
  /** Whether any role is defined at all; without one nobody can be out of role. */
  readonly rolesDefined: boolean;
  /** Whether anybody is listed at all; without that nobody is a stranger. Absent in runs archived before. */
  readonly identitiesDefined?: boolean;
  /** The entitlement is standard for one of the person's roles. */
  readonly inRole: boolean;
  /** Less of the same that a role of the person has, where what is asked for is not; absent in runs archived before. */
  readonly lesser?: LesserEntitlement | null;
  readonly sodConflicts: readonly SodConflict[];
  /** Longest grant that the classes allow, in hours; null when none is set. */
  readonly maxHours: number | null;
  /** Who answers for the most specific class; null when nobody is named. */
  readonly owner: string | null;
  readonly approvals: ApprovalCheck;
  /** Recognised by form, tag, class or asset; never decided automatically. */
  readonly breakGlass: boolean;
  /** How far the harm reaches when the access is misused; null when no row says, absent in runs archived before. */
  readonly reach?: Reach | null;
  /** The least risk that the classes give; absent in runs archived before. */
  readonly classFloor?: Risk;
  /** How far it may be decided without a person; absent where no class of the folder has a mode, which means wholly. */
  readonly mode?: BoundMode;
};

/** Others are listed among the identities, and whoever asks is not: their roles and manager are unknown. */
export const isUnlisted = ({ identitiesDefined, person }: AccessContext): boolean =>
  identitiesDefined === true && !person.known;

/** Blast radius, from the narrowest to the widest. */
export const REACHES = ['host', 'service', 'site', 'domain'] as const;
export type Reach = (typeof REACHES)[number];

export type LesserEntitlement = { readonly entitlement: string; readonly role: string };

export type Person = {
  /** Listed among the identities. */
  readonly known: boolean;
  readonly roles: readonly string[];
  readonly department: string | null;
  readonly manager: string | null;
  /** Of somebody who is not listed: who is, and could be taken for them. Absent when there is nobody. */
  readonly like?: readonly string[];
};

export type SodConflict = {
  /** As in the file: `vendor:create + payment:approve`. */
  readonly pair: string;
  readonly asked: string;
  readonly held: string;
  /** Where it is held: an open Approved request in the vault (its id) or the identities file. */
  readonly source: { readonly kind: 'request'; readonly id: string } | { readonly kind: 'identity' };
};

/** INVARIANT: only the vault's recorded approvals count; what a text claims counts for nothing. */
export type ApprovalCheck = {
  readonly required: readonly Approver[];
  readonly missing: readonly Approver[];
  /** Every recorded approval is by the requestor. */
  readonly onlySelf: boolean;
};
export type Approver = 'manager' | 'owner';
