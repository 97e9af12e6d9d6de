/** Milliseconds. */
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The last moment that ISO 8601 tells with four digits of a year: what people say about a time has to fit into the ledger. */
export const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
