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
