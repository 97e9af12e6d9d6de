/** `; did you mean …?` for a mistyped name, and nothing when no allowed name is near enough to be meant. */
export function didYouMean(given: string, allowed: Iterable<string>): string {
  const meant = nearestName(given, allowed);
  return meant === null ? '' : `; did you mean \`${meant}\`?`;
}

/** The allowed name that a mistyped one is meant to be; null when none is near enough. */
export function nearestName(given: string, allowed: Iterable<string>): string | null {
  // What is that much longer than any name is no typing error, and comparing it would take long.
  if (given.length > 100) return null;
  let best: { name: string; distance: number } | null = null;
  for (const name of allowed) {
    const distance = typingErrors(given.toLowerCase(), name.toLowerCase());
    if (best === null || distance < best.distance) best = { name, distance };
  }
  return best !== null && best.distance <= Math.max(2, Math.floor(best.name.length / 3)) ? best.name : null;
}

/** How many letters have to be added, dropped, changed or swapped with the next one to make `b` of `a`. */
export function typingErrors(a: string, b: string): number {
  let twoAbove: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const turned = swapped ? (twoAbove[j - 2] ?? 0) + 1 : changed;
      row.push(Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, changed, turned));
    }
    twoAbove = above;
    above = row;
  }
  return above[b.length] ?? 0;
}
