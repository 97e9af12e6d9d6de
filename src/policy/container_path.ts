/* How the path of a container is written makes no difference to the patterns of `access.yml`. */

/** `Production//Web/` → `/Production/Web`; the root is empty. */
const joined = (parts: readonly string[]): string =>
  parts
    .filter((part) => part !== '')
    .map((part) => `/${part}`)
    .join('');
const partsOf = (path: string): string[] => path.normalize('NFC').split('/');

/** A name of blanks alone stays one: without it two levels would look like one. */
const trimmed = (path: string): string[] =>
  partsOf(path.trim())
    .filter((part) => part !== '')
    .map((part) => part.trim() || ' ');

/** What the vault calls the container of all containers. A top container that is called `Root` may be another one. */
const isRoot = (part: string | undefined): boolean => part?.toLowerCase() === 'root container';

/**
 * One form for a container, however it is written: blanks around `/`, a slash in front or at the end, and the vault's name
 * for what all others lie in make no difference.
 */
export function onePath(path: string): string {
  const parts = trimmed(path);
  return joined(isRoot(parts[0]) ? parts.slice(1) : parts);
}

type Forms = readonly [string, string, string];

/** As one form, with the root container, and letter by letter. Rows are asked about the same path one after the other. */
export function formsOf(path: string): Forms {
  if (last?.path === path) return last.forms;
  const forms: Forms = [onePath(path), joined(trimmed(path)), joined(partsOf(path))];
  last = { path, forms };
  return forms;
}
let last: { readonly path: string; readonly forms: Forms } | null = null;
