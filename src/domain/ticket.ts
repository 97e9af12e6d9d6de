/** Tickets of other systems that a justification names: where they are looked up, and what came of it. */

export const TICKET_KINDS = ['servicenow', 'jira', 'json'] as const;

/** A letter prefix, and how many digits follow it. */
export type TicketPattern = { readonly prefix: string; readonly least: number; readonly most: number };

/** Paths in the record of a ticket; null where the system does not say it. */
export type TicketFields = {
  readonly number: string;
  readonly open: string;
  /** Values of `open` that mean open; null: it is a boolean, or the system's own word for one. */
  readonly openWhen: readonly string[] | null;
  readonly persons: readonly string[];
  readonly asset: string | null;
  readonly from: string | null;
  readonly to: string | null;
};

export type TicketSystem = {
  readonly name: string;
  readonly kind: (typeof TICKET_KINDS)[number];
  readonly patterns: readonly TicketPattern[];
  /** Its address; for `json` with `{number}` where the number goes. */
  readonly url: string;
  /** ServiceNow only. */
  readonly table: string;
  /** With a user the secret is a password, without one a bearer token. */
  readonly user: string | null;
  /** The asset of the vault that holds the secret. */
  readonly credentialAsset: string;
  readonly fields: TicketFields;
};

/**
 * What was found out about the tickets that a request names: true when it is so for each of them, false when it is not so
 * for one, null when that could not be found out.
 * INVARIANT: nothing of the text of a ticket is in here.
 */
export type TicketFacts = {
  readonly cited: readonly string[];
  readonly found: boolean | null;
  readonly open: boolean | null;
  readonly namesRequestor: boolean | null;
  readonly namesAsset: boolean | null;
  readonly windowFits: boolean | null;
  /** Why something is not known, each once. */
  readonly unknown: readonly string[];
};
