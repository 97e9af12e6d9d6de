/** Begins to count now; what it gives says how much this process took since then, whatever it waited for. */
export type Meter = () => () => {
  /** Processor time, garbage collection included, milliseconds. */
  readonly cpuMs: number;
  /** The most memory that it ever had resident, mebibytes. */
  readonly peakMb: number;
};

export const processMeter: Meter = () => {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return { cpuMs: Math.round((user + system) / 1000), peakMb: Math.round(process.resourceUsage().maxRSS / 1024) };
  };
};
