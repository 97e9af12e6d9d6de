import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { ConfigError, type ConfigProblem, StorageError } from '../util/errors.ts';
import { SECTION_NAMES } from './sections.ts';

/** Texts that the template may show besides the sections; both are escaped. */
const OPTIONAL = ['SUBJECT', 'PREHEADER'] as const;
type Optional = (typeof OPTIONAL)[number];

/** Finished HTML per section, plain text for the two others. */
export type MailTemplate = (
  sections: Readonly<Record<(typeof SECTION_NAMES)[number], string>>,
  texts: Readonly<Record<Optional, string>>,
) => string;

export const TEMPLATE_FILE = 'email_template.html';

/**
 * Reads and checks the template at start: a mistake in it must not first show when a mail is due. Throws a ConfigError
 * that names the file, the line and every placeholder that is wrong or missing.
 */
export async function loadTemplate(promptDir: string): Promise<MailTemplate> {
  const file = join(promptDir, TEMPLATE_FILE);
  const source = await readFile(file, 'utf8').catch((error: unknown) => {
    const { message } = new StorageError('read the mail template', file, error);
    throw new ConfigError([{ setting: 'PROMPT_DIR', message }]);
  });
  return parseTemplate(source, file);
}

export function parseTemplate(source: string, file: string): MailTemplate {
  const handlebars = Handlebars.create();
  const problems = problemsOf(source).map((message) => ({ setting: 'PROMPT_DIR', message: `\`${file}\`: ${message}` }));
  if (problems.length > 0) throw new ConfigError(problems satisfies ConfigProblem[]);
  const render = handlebars.compile(source, { strict: true, knownHelpersOnly: true });
  return (sections, texts) => {
    // A SafeString passes unescaped through {{NAME}} as well as {{{NAME}}}; the two texts are escaped even in {{{NAME}}}.
    const safe = Object.entries(sections).map(([name, html]) => [name, new handlebars.SafeString(html)]);
    const escaped = Object.entries(texts).map(([name, text]) => [
      name,
      new handlebars.SafeString(handlebars.escapeExpression(text)),
    ]);
    return render(Object.fromEntries([...safe, ...escaped]));
  };
}

/** Every problem at once, in the order of the file. */
function problemsOf(source: string): string[] {
  let program: hbs.AST.Program;
  try {
    program = Handlebars.parse(source);
  } catch (error) {
    return [`not a valid template: ${syntaxMessage(error)}`];
  }
  const found = new Set<string>();
  const problems: string[] = [];
  for (const statement of program.body) {
    if (statement.type === 'ContentStatement' || statement.type === 'CommentStatement') continue;
    const name = placeholderName(statement);
    const line = `line ${statement.loc.start.line}`;
    if (name === null) problems.push(`${line} uses more than a placeholder; only {{NAME}} is possible`);
    else if (!KNOWN.includes(name))
      problems.push(`${line}: unknown placeholder \`${name}\`; known are ${KNOWN.join(', ')}`);
    else found.add(name);
  }
  const missing = SECTION_NAMES.filter((name) => !found.has(name));
  return [...problems, ...missing.map((name) => `the placeholder \`${name}\` is missing`)];
}

const KNOWN: readonly string[] = [...SECTION_NAMES, ...OPTIONAL];

/** Blocks, helpers and paths are refused: the template decides the order and the words, not what is shown when. */
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
