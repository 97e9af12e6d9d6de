/** What this process took for itself, whatever it waited for. */
export type OwnCost = {
  /** Processor time, garbage collection included, milliseconds. */
  readonly cpuMs: number;
  /** The most memory that it ever had resident, mebibytes. */
  readonly peakMb: number;
};

/** Begins to count now; what it gives says how much it is by then. */
export type Meter = () => () => OwnCost;

export const processMeter: Meter = () => {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { cpuMs: Math.round((user + system) / 1000), peakMb: Math.round(process.resourceUsage().maxRSS / 1024) };
  };
};
