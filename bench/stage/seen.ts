/** What the upstreams saw of one run. */
export type Seen = {
  readonly calls: Readonly<Record<'vault' | 'model' | 'sign-in' | 'graph', number>>;
  /** Of the vault's calls: pages of requests. */
  readonly lists: number;
  /** Writes that were made. */
  readonly approved: number;
  readonly rejected: number;
  readonly closed: number;
  /** Writes that change a request, refused ones included. */
  readonly actions: number;
  /** What the model had to read and to write, in characters, whatever its questions were for. */
  readonly wire: Wire;
  /** Processor time of the process of the upstreams: part of the wall time of whoever waits for each answer. */
  readonly upstreamsCpuMs: number;
};

export type Wire = {
  readonly questions: number;
  /** Instructions, requests, and the schema of the answer. */
  readonly asked: number;
  /** Of that the schemas. */
  readonly schemas: number;
  readonly answered: number;
};

/** Each model has its own tokenizer; four characters to a token is the usual rule, and the same for everybody. */
export const tokensOf = (characters: number): number => characters / 4;
