/** What the vault keeps: requests, assets and people, in the vault's own plain form before any wire format. */

export type Person = { readonly id: string; readonly name: string; readonly displayName: string };

export type Form = { readonly id: string; readonly name: string; readonly type: 'Interactive' | 'Automatic' };

export type Approval = {
  readonly level: number;
  readonly user: string;
  readonly decision: 'Approved' | 'Rejected';
  readonly message: string;
  readonly created: number;
};

export type VaultRequest = {
  readonly id: string;
  /** `Active`, `Approved`, `Rejected`, `Completed`, or a word that Portcullis has never heard of. */
  readonly status: string;
  readonly created: number;
  readonly approved: number | null;
  readonly completed: number | null;
  readonly requestedFrom: number | null;
  readonly requestedTo: number | null;
  readonly message: string | null;
  readonly exclusive: boolean;
  readonly operation: string;
  readonly entityType: string;
  readonly entityId: string | null;
  readonly entityName: string | null;
  readonly requestor: Person;
  readonly form: Form;
  /** The level which is asked next, counted from 1. */
  readonly level: number;
  readonly levels: number;
  readonly approvals: readonly Approval[];
  /** Fields put on the wire as they are, over all others: the way to a record with a broken value. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Fields left out on the wire, by their name in this type: the way to a record without an id. */
  readonly omit?: readonly (keyof VaultRequest)[];
};

export type Credential = { readonly user: string; readonly password: string };

export type VaultAsset = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  /** The container's id; null for the root. */
  readonly parent: string | null;
  /** A container's own path; null for what is not a container. */
  readonly path: string | null;
  readonly tags: readonly string[];
  /** Secret fields as a vault keeps them beside the harmless ones. */
  readonly secretFields: Readonly<Record<string, string>>;
  /** What get-asset-credentials gives. Null: the token's user has no right to it. */
  readonly credential: Credential | null;
};
