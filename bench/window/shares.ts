/** What a window of requests is made of. */
export type Shares = {
  /** Of all requests: those that wait for a decision. */
  readonly active: number;
  /** Of the waiting ones: those on which nothing stands in the way of an approval, neither in the policy nor in the request. */
  readonly approvable: number;
  /** Of the waiting ones: on what rules all other machines, without a reason. */
  readonly alarming: number;
  /** Of all requests: waiting ones whose text speaks to the reviewer. */
  readonly hostile: number;
  /** For each thousand requests. */
  readonly people: number;
  readonly assets: number;
};

export const USUAL_SHARES: Shares = {
  active: 0.336,
  approvable: 0.24,
  alarming: 0.07,
  hostile: 0.01,
  people: 80,
  assets: 120,
};
