/** Somebody said that nothing may be changed any more; where that was found, and what is known about it. */
export type Halt = {
  readonly source: 'file' | 'setting' | 'unreadable';
  /** Milliseconds since the epoch; null when nobody knows. */
  readonly since: number | null;
  readonly by: string | null;
  /** What the person wrote, or what is wrong with the file. */
  readonly reason: string | null;
};
