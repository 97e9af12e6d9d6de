import type { ClassMode } from './class_mode.ts';

/** What is known about one request, for the question whether a class may be enforced. */
export const FOUND = {
  'would-approve': 'it waited, and the policy would have approved it',
  agreed: 'the policy would have approved it, and people did',
  'over-approved': 'the policy would have approved it, and people refused it',
  'left-to-people': 'the policy would not have approved it',
  approved: 'approved without a person',
  undone: 'approved without a person, and refused by one afterwards',
} as const satisfies Record<string, string>;
export type Found = keyof typeof FOUND;
export const FOUND_NAMES = Object.keys(FOUND) as [Found, ...Found[]];

/** The newest finding counts; `at` in milliseconds since the epoch: when people decided, or when it was approved. */
export type ClassEvidence = {
  readonly request: string;
  readonly classes: readonly string[];
  readonly found: Found;
  readonly at: number;
  /** Digest of the policy folder by which it was found. */
  readonly policy: string;
};

/** A class that is recommended instead of enforced, from `at` on, by what people decided. */
export type Demotion = {
  readonly class: string;
  readonly why: 'undone' | 'agreement';
  /** Undone, or refused by people. */
  readonly bad: number;
  /** Of so many approvals of ours, or decisions of people. */
  readonly of: number;
  readonly at: number;
};

/** A class of the policy, as far as evidence about it needs it. */
export type JudgedClass = {
  readonly name: string;
  /** As the file has it; null where it gives none. */
  readonly mode: ClassMode | null;
  /** Evidence and demotions from before do not count; milliseconds since the epoch, null for all. */
  readonly since: number | null;
  readonly place: { readonly file: string; readonly line: number };
};

/** How a class stands to what people decided in the last 180 days (design, section 5). */
export type ClassStanding = JudgedClass & {
  /** Of the requests that the policy would have approved and that people decided: how many, and how many they approved. */
  readonly decided: number;
  readonly agreed: number;
  readonly overApproved: readonly string[];
  /** The lower end of the agreement, one-sided, 95 %; 0 to 1. */
  readonly least: number;
  readonly ready: boolean;
  /** How many more have to be decided, all of them approved, until it is ready; null where an over-approval stands. */
  readonly wanting: number | null;
  /** Of its last twenty approvals without a person. */
  readonly approved: number;
  readonly undone: number;
  readonly demotion: Demotion | null;
};

/** What a run found out about the classes, to be entered into the ledger before anything is done. */
export type NewOfClasses = { readonly evidence: readonly ClassEvidence[]; readonly demoted: readonly Demotion[] };
