/** The one place that makes plurals. `many` is for what takes more than an `s`. */

/** `request` of one, `requests` of two or none. */
export const noun = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);

/** `1 request`, `2 requests` */
export const plural = (count: number, one: string, many?: string): string => `${count} ${noun(count, one, many)}`;

/** `one request`, `2 requests`: for the middle of a sentence. */
export const pluralInWords = (count: number, one: string, many?: string): string =>
  count === 1 ? `one ${one}` : plural(count, one, many);
