/** Risk in ascending order; the position is the number that thresholds compare. */
export const RISKS = ['low', 'medium', 'high', 'critical'] as const;
export type Risk = (typeof RISKS)[number];

export const isRisk = (word: string): word is Risk => (RISKS as readonly string[]).includes(word);

/** -1, 0 or 1 like any comparator: negative when `a` is the lower risk. */
export const compareRisk = (a: Risk, b: Risk): number => Math.sign(RISKS.indexOf(a) - RISKS.indexOf(b));
export const atLeast = (risk: Risk, threshold: Risk): boolean => compareRisk(risk, threshold) >= 0;
export const atMost = (risk: Risk, threshold: Risk): boolean => compareRisk(risk, threshold) <= 0;
export const higher = (a: Risk, b: Risk): Risk => (compareRisk(a, b) >= 0 ? a : b);
