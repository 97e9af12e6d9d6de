import type { AccessRequest } from './access_request.ts';
import type { Action } from './action.ts';
import type { Declined, Refusal } from './recorded_decisions.ts';
import type { ScreenedTexts } from './screened_texts.ts';
import type { TicketFacts } from './ticket.ts';

/** A request with the facts that code (not a person, not a model) found out about it. */
export type Dossier = {
  readonly request: AccessRequest;
  readonly facts: Facts;
  /** Deep analysis only; null when it is off, when there is no asset, or when the look-up failed (then see `gaps`). */
  readonly asset: AssetFacts | null;
  readonly history: History;
  readonly texts: ScreenedTexts;
  /** What could not be found out, by name, so that nobody mistakes "unknown" for "fine". */
  readonly gaps: readonly Gap[];
  /** About the tickets that the text names; absent when it names none, and for what is not Active. */
  readonly tickets?: TicketFacts;
};

export type Facts = {
  /** Made by the agent's own account, for certain. */
  readonly own: boolean;
  /** It could be the agent's own account under another spelling. Absent in what earlier versions archived. */
  readonly mayBeOwn?: boolean;
  /** Requests of this requestor in the whole window, this one included; 0 when the requestor is unknown. */
  readonly requestorFrequency: number;
  /** Whether it was asked for, or is wanted, outside office hours; `times` tells which. */
  readonly offHours: boolean;
  /** Whole days. */
  readonly daysSinceCreated: number;
  readonly daysSinceApproved: number | null;
  /** Whole hours for which granted access has been usable; read it through `hoursGranted`. */
  readonly hoursGranted?: number | null;
  /** Length of the requested access in hours, one decimal; null when either end is missing. */
  readonly requestedHours: number | null;
  /** What one of our accounts decided on it, by the vault's own rows and whatever our files say; absent for nothing. */
  readonly ownDecision?: 'approve' | 'reject';
  /** Absent in records of version 0.1. */
  readonly times?: TimeFacts;
};

/** What is wrong with a window, whatever the request is about. */
export type WindowFault = 'over' | 'empty' | 'too-far-ahead';

/** What its times say. The first two are told of what is open, and null for all else. */
export type TimeFacts = {
  /** Why its window cannot be granted. */
  readonly fault: WindowFault | null;
  /** Whole hours until its window begins; 0 once it has begun, null when no begin is given. */
  readonly beginsInHours: number | null;
  /**
   * Hours for which the person would have the asset without a break of an hour: the window together with the person's other
   * windows that it touches; null when one of them has no end. Read it through `countedHours`.
   */
  readonly contiguousHours: number | null;
  /** Asked for outside office hours. */
  readonly askedOffHours: boolean;
  /** The window begins outside office hours or, when it is shorter than a day, mostly lies there. */
  readonly windowOffHours: boolean;
};

/** What the window tells about this person's habits. */
export type History = {
  /** No earlier request of this person for this asset in the window. */
  readonly firstForAsset: boolean;
  /** Most requests of this person within any hour that holds this one, this one included: each of a burst sees all of it. */
  readonly requestsInHour: number;
  /** A person's no that stands: on this request, or on another of this person for the same thing; absent for none. */
  readonly refusal?: Refusal;
  /** Said at the terminal, and not taken back there; absent in a run in which a person is asked anew. */
  readonly declined?: Partial<Readonly<Record<Action, Declined>>>;
};

export type AssetFacts = {
  readonly id: string;
  readonly name: string | null;
  readonly type: string | null;
  readonly containerPath: string | null;
  readonly tags: readonly string[];
};

export type Gap = {
  /**
   * `times`: times of the record that cannot be; `window`: a window that cannot be; `clock`: the vault's clock is wrong, or
   * ours; `record`: fields of the request that could not be read.
   */
  readonly what: 'requestor' | 'asset' | 'container' | 'approval time' | 'times' | 'window' | 'clock' | 'record';
  readonly why: string;
  /** The same in a word, where many have it: an HTTP status, or how the call ended. */
  readonly reason?: string;
};
