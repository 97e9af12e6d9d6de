/** `policy/access.yml` and its identities as the code reads them: checked, with patterns ready to be asked. */
import type { Approver, Reach } from '../domain/access_context.ts';
import type { ClassMode } from '../domain/class_mode.ts';
import type { Risk } from '../domain/risk.ts';
import type { TicketSystem } from '../domain/ticket.ts';
import type { Pattern } from './pattern.ts';
import type { Place } from './place.ts';

export type AccessModel = {
  /** When somebody last went through the file, as they say; a day. Null when nobody does. */
  readonly lastReviewed: string | null;
  readonly classes: ReadonlyMap<string, AccessClass>;
  readonly neverAuto: ReadonlySet<string>;
  readonly roles: ReadonlyMap<string, Role>;
  readonly sodConflicts: readonly SodRule[];
  readonly privileged: readonly Pattern[];
  /** In the order of the file, which is from the special to the general. */
  readonly mapping: readonly MappingRow[];
  /** Class → whose recorded approval it asks for. */
  readonly approvals: ReadonlyMap<string, readonly Approver[]>;
  readonly breakGlass: BreakGlass;
  readonly identities: readonly Identity[];
  /** The CSV beside access.yml that some of them come from. */
  readonly identitiesFile: string | null;
  readonly exceptions: readonly RoleException[];
  readonly tickets: readonly TicketSystem[];
};

export type AccessClass = {
  readonly name: string;
  readonly about: string;
  /** An account name. */
  readonly owner: string | null;
  readonly maxHours: number | null;
  readonly breakGlass: boolean;
  /** The least risk of a request of this class; of a privileged one, when that is higher. */
  readonly floor: Risk;
  readonly floorPrivileged: Risk;
  /** Null when the file gives none. */
  readonly mode: ClassMode | null;
  /** What people decided before does not count for the class; milliseconds since the epoch, null for all of it. */
  readonly since: number | null;
  readonly place: Place;
};

export type Role = {
  readonly name: string;
  readonly about: string | null;
  readonly standard: readonly Pattern[];
  readonly place: Place;
};

/** Static separation of duties: of these duties, one person holds at most so many. */
export type SodRule = {
  /** As in the file: `vendor:create + payment:approve`, `at most 2 of a:x + b:y + c:z`. */
  readonly text: string;
  readonly duties: readonly Pattern[];
  readonly atMost: number;
  readonly place: Place;
};

/** What a row of the mapping may look at; every given pattern has to fit. */
export const WHEN_KEYS = ['asset_type', 'container', 'tag', 'operation', 'asset', 'entity_type'] as const;
export type WhenKey = (typeof WHEN_KEYS)[number];

export type MappingRow = {
  readonly when: Readonly<Partial<Record<WhenKey, Pattern>>>;
  readonly entitlement: string | null;
  /** Entitlements of other rows over which this one is meant to win. */
  readonly over: readonly Pattern[];
  readonly classes: readonly string[];
  readonly reach: Reach | null;
  readonly place: Place;
};

export type BreakGlass = {
  /** Names, ids or types of forms. */
  readonly forms: readonly Pattern[];
  readonly tags: readonly Pattern[];
  /** Names or ids of assets, as the vault's own record has them. */
  readonly assets: readonly Pattern[];
};

export type Identity = {
  readonly user: string;
  readonly roles: readonly string[];
  readonly department: string | null;
  readonly manager: string | null;
  /** What the person holds outside the vault. */
  readonly entitlements: readonly string[];
  readonly place: Place;
};

/**
 * One entitlement that one person may ask for although no role of theirs has it. INVARIANT: it stands for a role and for
 * nothing else: classes, privileged patterns, conflicts and approvals are not touched by it.
 */
export type RoleException = {
  readonly id: string;
  readonly user: string;
  readonly entitlement: Pattern;
  /** Ends with this day, in UTC: the first moment at which it no longer counts. */
  readonly endsAt: number;
  readonly until: string;
  readonly owner: string;
  readonly reason: string;
  readonly place: Place;
};
