export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Medians of milliseconds: on the clock, and of processor time, which others on the machine hardly change. */
export type Cost = { readonly ms: number; readonly cpuMs: number };

/** `per` divides both, for work on many things at once. */
export async function medianCost(rounds: number, work: () => unknown, per = 1): Promise<Cost> {
  const costs: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [before, cpuBefore] = [performance.now(), process.cpuUsage()];
    await work();
    const { user, system } = process.cpuUsage(cpuBefore);
    costs.push({ ms: (performance.now() - before) / per, cpuMs: (user + system) / 1000 / per });
  }
  return { ms: median(costs.map(({ ms }) => ms)), cpuMs: median(costs.map(({ cpuMs }) => cpuMs)) };
}
