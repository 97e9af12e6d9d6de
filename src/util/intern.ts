/** Gives back an equal value. */
export type Intern = <T>(value: T) => T;

/**
 * One instance for all equal values: of a hundred thousand requests most have the same form, operation, access context
 * and decision, and each copy of them would be held for as long as the run lasts. For plain data that nobody changes: texts,
 * and what JSON can hold. Bounded by `most` distinct values, after which it begins anew.
 */
export function interning(most = 50_000): Intern {
  const texts = new Map<string, string>();
  const values = new Map<string, unknown>();
  return <T>(value: T): T => {
    if (typeof value === 'string') return known(texts, value, most, () => value) as T;
    if (typeof value !== 'object' || value === null) return value;
    const text = JSON.stringify(value);
    // Read again from the text: a sentence that was put together would hold on to the pieces that it was made of.
    return known(values, text, most, () => JSON.parse(text) as T) as T;
  };
}

function known<V>(all: Map<string, V>, key: string, most: number, first: () => V): V {
  const found = all.get(key);
  if (found !== undefined) return found;
  if (all.size >= most) all.clear();
  const value = first();
  all.set(key, value);
  return value;
}
