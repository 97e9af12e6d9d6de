import { plainLine } from '../text/plain_text.ts';

/**
 * The one door through which a text that a person, a model or the vault wrote enters the report. What comes out is one
 * line that shows as text in every place where a line of the report can put it: a table cell, a list item, a heading.
 *
 * INVARIANT: no Markdown, HTML, entity, link, autolink, mention or issue reference can come out of it.
 *
 * Escaping alone is not enough. Autolinks, @mentions and #1 are made from the finished text, after a backslash or an
 * entity has already been resolved, so these are broken visibly instead, the way security people write them:
 * `https(:)//`, `www(.)`, `name(@)host`, `# 1`. Round brackets, because square ones would need a backslash each in the
 * raw file. What no renderer reacts to (dots, single dashes, `SYS_ADMIN`, `CORP\anna`) stays as it was written.
 */
export function markdownText(text: string, maxLength = 300): string {
  return plainLine(text, maxLength)
    .replace(MARKUP, (found) => (Object.hasOwn(ENTITIES, found) ? (ENTITIES[found] as string) : `\\${found}`))
    .replace(/:(?=\/\/)/g, '(:)')
    .replace(/\b(www)\./gi, '$1(.)')
    .replaceAll('@', '(@)')
    .replace(/(#|\bGH-)(?=\d)/gi, '$1 ')
    .replace(/^(\d{1,9})([.)])(?= |$)/, '$1\\$2');
}

/** As entities, because renderers older than CommonMark do not know `\<`. */
const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };

const MARKUP = new RegExp(
  [
    // A backslash that would escape what follows, or break the line at the end.
    /\\(?=[!-/:-@[-`{-~]|$)/,
    // An ampersand that would begin an entity; `R&D` stays readable.
    /&(?=#?\w+;)/,
    // Emphasis, code, links, table cells, strike-through, math, tags.
    /[`*[\]|~$<]/,
    // An underscore emphasises only at the edge of a word.
    /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/u,
    // What makes a heading, a list, a quotation or a rule at the beginning of a line.
    /^[#+=>-]/,
  ]
    .map((part) => part.source)
    .join('|'),
  'gu',
);
