/** The three things that the agent can do to a request. */
export const ACTIONS = {
  reject: { done: 'rejected', infinitive: 'reject', from: 'Active' },
  approve: { done: 'approved', infinitive: 'approve', from: 'Active' },
  close: { done: 'closed', infinitive: 'close', from: 'Approved' },
} as const;
export type Action = keyof typeof ACTIONS;
export const ACTION_NAMES = Object.keys(ACTIONS) as readonly Action[];

/** What the settings allow to be done without a person. */
export type Switches = {
  readonly autoApprove: boolean;
  readonly autoReject: boolean;
  readonly autoCloseStale: boolean;
  readonly autoCloseExpired: boolean;
};

export const anySwitchOn = ({ autoApprove, autoReject, autoCloseStale, autoCloseExpired }: Switches): boolean =>
  autoApprove || autoReject || autoCloseStale || autoCloseExpired;

/** Each switch by the name of its setting: which action it allows. */
export const SWITCHES = {
  AUTO_APPROVE_LOW_RISK: { field: 'autoApprove', action: 'approve' },
  AUTO_REJECT_HIGH_RISK: { field: 'autoReject', action: 'reject' },
  AUTO_CLOSE_STALE: { field: 'autoCloseStale', action: 'close' },
  AUTO_CLOSE_EXPIRED: { field: 'autoCloseExpired', action: 'close' },
} as const satisfies Record<string, { readonly field: keyof Switches; readonly action: Action }>;
export type SwitchName = keyof typeof SWITCHES;
export const SWITCH_NAMES = Object.keys(SWITCHES) as readonly SwitchName[];
