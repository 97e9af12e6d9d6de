import Handlebars from 'handlebars';
import { SECTION_NAMES } from './sections.ts';
import { isColours, readColours, type Tones } from './tones.ts';
import { isSelectable } from './triggers.ts';

/** Texts that the template may show besides the sections; both are escaped. */
const OPTIONAL = ['SUBJECT', 'PREHEADER'] as const;
export type Optional = (typeof OPTIONAL)[number];

const KNOWN: readonly string[] = [...SECTION_NAMES, ...OPTIONAL];

/** What a template holds. */
export type ReadTemplate = {
  /** Every mistake, in the order of the file. */
  readonly problems: readonly string[];
  /** Placeholders that stand in it. */
  readonly found: ReadonlySet<string>;
  /** Those of them that also stand outside of an `{{#if …}}` of their own: something is to be shown there in any case. */
  readonly shownAlways: ReadonlySet<string>;
  readonly colours: Partial<Tones>;
};

/**
 * Reads a template without filling it in. Besides placeholders it may have `{{#if SECTION}}…{{/if}}` around a section that
 * a trigger selects, so that its heading goes with it. Anything else is refused: the template decides the order and the
 * words, not what is shown when.
 */
export function readTemplate(source: string): ReadTemplate {
  const found = new Set<string>();
  const shownAlways = new Set<string>();
  const problems: string[] = [];
  let colours: Partial<Tones> = {};

  let markup = '';
  function walk({ body }: hbs.AST.Program, within: string | null): void {
    for (const statement of body) {
      if (statement.type === 'ContentStatement') {
        markup = openMarkup(markup + (statement as hbs.AST.ContentStatement).value);
        continue;
      }
      const at = statement.loc.start.line;
      if (statement.type === 'CommentStatement') {
        const { value } = statement as hbs.AST.CommentStatement;
        if (!isColours(value)) continue;
        const read = readColours(value, at);
        colours = { ...colours, ...read.tones };
        problems.push(...read.problems);
        continue;
      }
      const section = within === null ? sectionOfBlock(statement) : null;
      if (section !== null) {
        walk((statement as hbs.AST.BlockStatement).program, section);
        continue;
      }
      const name = placeholderName(statement);
      if (name === null)
        problems.push(
          `line ${at} uses more than a placeholder; only {{NAME}} is possible, and {{#if NAME}}…{{/if}} around a section that ALERT_ON_… selects`,
        );
      else if (!KNOWN.includes(name))
        problems.push(`line ${at}: unknown placeholder \`${name}\`; known are ${KNOWN.join(', ')}`);
      // INVARIANT: what stands in a comment or inside a tag is not shown there, and so has no place yet.
      else if (markup === '') {
        found.add(name);
        if (name !== within) shownAlways.add(name);
      }
    }
  }

  try {
    walk(Handlebars.parse(source), null);
  } catch (error) {
    problems.push(`not a valid template: ${syntaxMessage(error)}`);
  }
  return { problems, found, shownAlways, colours };
}

/** The comment or tag that is open at the end of some HTML; empty when none is. */
function openMarkup(html: string): string {
  let bare = html;
  for (let from = bare.indexOf('<!--'); from !== -1; from = bare.indexOf('<!--', from)) {
    const end = bare.indexOf('-->', from);
    if (end === -1) return bare.slice(from);
    bare = bare.slice(0, from) + bare.slice(end + '-->'.length);
  }
  const tag = bare.lastIndexOf('<');
  return tag !== -1 && /^<[a-z/!]/i.test(bare.slice(tag)) && !bare.slice(tag).includes('>') ? bare.slice(tag) : '';
}

/** The section of `{{#if SECTION}}…{{/if}}`; null for any other statement. */
function sectionOfBlock(statement: hbs.AST.Statement): string | null {
  if (statement.type !== 'BlockStatement') return null;
  const { path, params, hash, inverse } = statement as hbs.AST.BlockStatement;
  const [name] = params.map((param) => (param as hbs.AST.PathExpression).original);
  const plain = path.original === 'if' && params.length === 1 && (hash?.pairs.length ?? 0) === 0 && !inverse;
  return plain && typeof name === 'string' && isSelectable(name) ? name : null;
}

function placeholderName(statement: hbs.AST.Statement): string | null {
  if (statement.type !== 'MustacheStatement') return null;
  const { path, params, hash } = statement as hbs.AST.MustacheStatement;
  if (path.type !== 'PathExpression' || params.length > 0 || (hash?.pairs.length ?? 0) > 0) return null;
  return (path as hbs.AST.PathExpression).original;
}

/** Handlebars says the line, a pointer and what it expected, over several lines; the first and the last matter. */
function syntaxMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split('\n').map((line) => line.trim());
  const line = lines[0]?.replace(/:$/, '') ?? '';
  return lines.length > 2 ? `${line}, near \`${lines[1]}\`` : line;
}
