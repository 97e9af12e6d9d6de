/**
 * The secret in a credential answer, in any of the accepted forms: `{user, password}`, `{fields: {Password}}`,
 * `{data: [{name, value}]}`. Null when there is none.
 */
export function secretFrom(body: unknown): string | null {
  const named = [...entriesOf(body)];
  for (const name of SECRET_NAMES) {
    const found = named.find(([key]) => plain(key) === name);
    if (found !== undefined) return found[1];
  }
  return null;
}

/** Best first, compared without case, blanks, `-` and `_`. */
const SECRET_NAMES = ['password', 'secret', 'clientsecret', 'apikey', 'key', 'token', 'accesstoken', 'value'] as const;
const plain = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '');

/** No accepted form is nested deeper; an answer that is must not use up the stack. */
const DEEPEST = 5;

function* entriesOf(body: unknown, depth = 0): Generator<[string, string]> {
  if (typeof body !== 'object' || body === null || depth > DEEPEST) return;
  if (Array.isArray(body)) {
    for (const entry of body) {
      const { name, value } = (entry ?? {}) as { name?: unknown; value?: unknown };
      if (typeof name === 'string' && isSecret(value)) yield [name, value];
    }
    return;
  }
  for (const [key, value] of Object.entries(body)) if (isSecret(value)) yield [key, value];
  const { fields, data } = body as { fields?: unknown; data?: unknown };
  yield* entriesOf(fields, depth + 1);
  yield* entriesOf(data, depth + 1);
}

const isSecret = (value: unknown): value is string => typeof value === 'string' && value !== '';
