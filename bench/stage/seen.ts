/** What the upstreams saw of one run. */
export type Seen = {
  readonly calls: Readonly<Record<'vault' | 'model' | 'sign-in' | 'graph', number>>;
  /** Writes that change a request. */
  readonly actions: number;
  /** Questions to the model for an assessment. */
  readonly assessing: number;
  /** Questions to the model that confirm. */
  readonly confirming: number;
};
