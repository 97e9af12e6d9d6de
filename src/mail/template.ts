import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { ConfigError, type ConfigProblem, StorageError } from '../util/errors.ts';
import { PACKAGE_ROOT } from '../util/package_root.ts';
import { heading, remark } from './sections/work_rows.ts';
import { SECTION_NAMES, type SectionName, type SectionTexts, TITLES } from './sections.ts';
import { type Optional, type ReadTemplate, readTemplate } from './template_reading.ts';
import { type Tones, tonesOf } from './tones.ts';
import { isSelectable, SELECTED_BY } from './triggers.ts';

/** What a security person edits of the mail: the order and the words around the sections, and the colours of risks. */
export type MailTemplate = {
  readonly tones: Tones;
  /** Finished HTML per section, null for one that is not selected, and plain text for the two others. */
  render(sections: SectionTexts, texts: Readonly<Record<Optional, string>>): string;
};

export const TEMPLATE_FILE = 'email_template.html';

/**
 * Reads and checks the template at start: a mistake in it must not first show when a mail is due. Throws a ConfigError
 * that names the file, the line and everything that is wrong.
 */
export async function loadTemplate(promptDir: string): Promise<MailTemplate> {
  const file = join(promptDir, TEMPLATE_FILE);
  const source = await readFile(file, 'utf8').catch((error: unknown) => {
    const { message } = new StorageError('read the mail template', file, error);
    throw new ConfigError([{ setting: 'PROMPT_DIR', message }]);
  });
  // A template of version 0.1 has no colours: they are those of the one that comes with the program.
  const shipped = await readFile(join(PACKAGE_ROOT, 'prompts', TEMPLATE_FILE), 'utf8').catch(() => '');
  return parseTemplate(source, file, shipped);
}

export function parseTemplate(source: string, file: string, shipped = ''): MailTemplate {
  const read = readTemplate(source);
  const problems = read.problems.map((message) => ({ setting: 'PROMPT_DIR', message: `\`${file}\`: ${message}` }));
  if (problems.length > 0) throw new ConfigError(problems satisfies ConfigProblem[]);
  const handlebars = Handlebars.create();
  const fill = handlebars.compile(source, { strict: true, knownHelpersOnly: true });
  return {
    tones: tonesOf(read.colours, readTemplate(shipped).colours),
    render(sections, texts) {
      const { placed, homeless, beforeFooter } = placesOf(sections, read);
      // A SafeString passes unescaped through {{NAME}} as well as {{{NAME}}}; the two texts are escaped even in {{{NAME}}}.
      // An empty one would count as something to `if`.
      const safe = Object.entries(placed).map(([name, html]) => [
        name,
        html === '' ? '' : new handlebars.SafeString(html),
      ]);
      // Before the first footer alone, should a template have two.
      let footers = 0;
      const footer = () => new handlebars.SafeString((footers++ === 0 ? beforeFooter : '') + placed.FOOTER_NOTE);
      const escaped = Object.entries(texts).map(([name, text]) => [
        name,
        new handlebars.SafeString(handlebars.escapeExpression(text)),
      ]);
      const page = fill({ ...Object.fromEntries([...safe, ...escaped]), FOOTER_NOTE: footer });
      return homeless === '' ? page : atTheEnd(page, homeless);
    },
  };
}

/**
 * Where each section goes. INVARIANT: a section that is selected is in the mail, whatever the template has a place for:
 * what it does not know stands before the footer, and where there is none, at the end.
 */
function placesOf(sections: SectionTexts, { found, shownAlways }: ReadTemplate) {
  const missing = SECTION_NAMES.flatMap((name) => {
    const html = found.has(name) ? null : sections[name];
    return html === null ? [] : [name === 'FOOTER_NOTE' ? html : heading({ says: TITLES[name] }) + html];
  }).join('');
  const placed = Object.fromEntries(
    SECTION_NAMES.map((name) => [name, sections[name] ?? (shownAlways.has(name) ? notSelected(name) : '')]),
  );
  if (!found.has('FOOTER_NOTE')) return { placed, homeless: missing, beforeFooter: '' };
  const beforeFooter = missing === '' ? '' : `<div style="padding-bottom:16px;">${missing}</div>`;
  return { placed, homeless: '', beforeFooter };
}

/** Under a heading that stands there in any case. */
const notSelected = (name: SectionName): string =>
  isSelectable(name) ? remark({ says: `Not selected: ${SELECTED_BY[name].setting} is false.` }) : '';

function atTheEnd(page: string, html: string): string {
  const end = page.toLowerCase().lastIndexOf('</body');
  const block = `<div style="padding:0 24px 16px;">${html}</div>`;
  return end === -1 ? page + block : page.slice(0, end) + block + page.slice(end);
}
