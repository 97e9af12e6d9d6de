/** Links of the repository's Markdown files, and where they lead. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Folders that are made, not written. Of `reports/` and `state/` only the page that explains them is part of the repository. */
const MADE = /^(?:node_modules|dist|release|\.git|(?:reports|state)\/(?!README\.md$).+)$/;

/** All Markdown files below `root` by their path, with their text. */
export function documentsOf(root: string, below = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(join(root, below), { withFileTypes: true })) {
    const path = posix.join(below, entry.name);
    if (MADE.test(path)) continue;
    if (entry.isDirectory()) for (const [name, text] of documentsOf(root, path)) found.set(name, text);
    else if (path.endsWith('.md')) found.set(path, readFileSync(join(root, path), 'utf8'));
  }
  return found;
}

/** Each link to a file that is not there, or to a heading that its document does not have: `document: target`. */
export function brokenLinks(documents: ReadonlyMap<string, string>, exists: (path: string) => boolean): string[] {
  return [...documents].flatMap(([name, text]) =>
    targetsIn(text)
      .filter((target) => !leadsSomewhere(target, name, documents, exists))
      .map((target) => `${name}: ${target}`),
  );
}

function leadsSomewhere(
  target: string,
  from: string,
  documents: ReadonlyMap<string, string>,
  exists: (path: string) => boolean,
): boolean {
  if (/^[a-z]+:/i.test(target)) return true;
  const [path = '', heading] = target.split('#');
  const file = path === '' ? from : posix.normalize(posix.join(posix.dirname(from), path));
  if (file.startsWith('../') || !exists(file)) return false;
  return heading === undefined || headingsOf(documents.get(file) ?? '').includes(heading);
}

const targetsIn = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)[^)]*\)|<(?:img|a)\s[^>]*(?:src|href)="([^"]+)"/g)].map(
    ([, markdown, html]) => markdown ?? html ?? '',
  );

/** The names under which headings can be reached, as GitHub makes them: a name that was there before gets a number. */
function headingsOf(text: string): string[] {
  const times = new Map<string, number>();
  return [...withoutFences(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) => {
    const name = title
      .trim()
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const before = times.get(name) ?? 0;
    times.set(name, before + 1);
    return before === 0 ? name : `${name}-${before}`;
  });
}

const withoutFences = (text: string): string => text.replace(/^(`{3,}).*\n(?:.*\n)*?\1`*$/gm, '');
const withoutCode = (text: string): string => withoutFences(text).replace(/`[^`\n]*`/g, '');
