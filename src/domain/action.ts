/** The three things that the agent can do to a request. */
export const ACTIONS = {
  reject: { done: 'rejected', infinitive: 'reject', from: 'Active' },
  approve: { done: 'approved', infinitive: 'approve', from: 'Active' },
  close: { done: 'closed', infinitive: 'close', from: 'Approved' },
} as const;
export type Action = keyof typeof ACTIONS;
export const ACTION_NAMES = Object.keys(ACTIONS) as readonly Action[];
