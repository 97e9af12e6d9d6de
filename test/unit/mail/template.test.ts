import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SECTION_NAMES, type SectionName, type SectionTexts, TITLES } from '../../../src/mail/sections.ts';
import { loadTemplate, parseTemplate } from '../../../src/mail/template.ts';
import { ConfigError } from '../../../src/util/errors.ts';

const FILE = 'prompts/email_template.html';
const all = SECTION_NAMES.map((name) => `{{${name}}}`).join('\n');
const sections = Object.fromEntries(SECTION_NAMES.map((name) => [name, `<b>${name}</b>`])) as Record<
  SectionName,
  string
>;
const texts = { SUBJECT: 'a <b> & c', PREHEADER: 'first line' };

function problemsOf(source: string): string {
  try {
    parseTemplate(source, FILE);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems.map(({ setting, message }) => `${setting}: ${message}`).join('\n');
  }
  return '';
}

describe('the template of the mail', () => {
  test('that comes with the program is fine', async () => {
    const { render } = await loadTemplate('prompts');
    const page = render(sections, texts);
    for (const name of SECTION_NAMES) expect(page).toContain(`<b>${name}</b>`);
    expect(page).toContain('<title>a &lt;b&gt; &amp; c</title>');
    expect(page).not.toMatch(/\{\{|<style|<script|<img|<link|https?:/);
  });

  test.each([
    ['two braces', (name: string) => `{{${name}}}`],
    ['three braces', (name: string) => `{{{${name}}}}`],
    ['blanks and trimming', (name: string) => `{{~ ${name} ~}}`],
  ])('takes sections with %s alike', (_, written) => {
    const page = parseTemplate(SECTION_NAMES.map(written).join(''), FILE).render(sections, texts);
    expect(page).toBe(Object.values(sections).join(''));
  });

  test('escapes the subject even with three braces', () => {
    expect(parseTemplate(`{{{SUBJECT}}}${all}`, FILE).render(sections, texts)).toMatch(/^a &lt;b&gt; &amp; c/);
  });

  test('never reads placeholders in what it is filled with', () => {
    const page = parseTemplate(all, FILE).render({ ...sections, ANOMALIES: '{{RUN_META}} {{{x}}}' }, texts);
    expect(page).toContain('{{RUN_META}} {{{x}}}');
  });
});

describe('a section for which the template has no place', () => {
  const page = (source: string, given: Partial<SectionTexts> = {}) =>
    parseTemplate(source, FILE).render({ ...sections, ...given }, texts);
  const without = (...names: SectionName[]) =>
    SECTION_NAMES.filter((name) => !names.includes(name))
      .map((name) => `{{${name}}}`)
      .join('\n');

  test.each(SECTION_NAMES.filter((name) => name !== 'FOOTER_NOTE'))(
    '(%s) stands before the footer, with its title',
    (name) => {
      const html = page(`<body>${without(name)}</body>`);
      expect(html.split(`<b>${name}</b>`)).toHaveLength(2);
      expect(html.indexOf(`<b>${name}</b>`)).toBeLessThan(html.indexOf('<b>FOOTER_NOTE</b>'));
      expect(html.indexOf(TITLES[name as keyof typeof TITLES])).toBeLessThan(html.indexOf(`<b>${name}</b>`));
    },
  );

  test('stands at the end of the body when there is no footer either, and the footer last', () => {
    const html = page(`<body>${without('ANOMALIES', 'FOOTER_NOTE')}</BODY></html>`);
    const at = ['<b>ACTIONS_TAKEN</b>', '<b>ANOMALIES</b>', '<b>FOOTER_NOTE</b>', '</BODY>'].map((part) =>
      html.indexOf(part),
    );
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(at).not.toContain(-1);
  });

  test.each([
    ['a comment', '<!-- {{ACTIONS_TAKEN}} -->'],
    ['a comment over several lines with other placeholders', '<!--\n{{RUN_META}}\n{{ACTIONS_TAKEN}}\n<p> -->'],
    ['an attribute', '<p title="{{ACTIONS_TAKEN}}">x</p>'],
  ])('in %s has no place there, and is shown all the same', (_, part) => {
    const page = parseTemplate(`<body>${part}\n{{FOOTER_NOTE}}</body>`, FILE).render(sections, texts);
    const shown = page.replace(/<!--[\s\S]*?-->/g, '').replace(/title="[^"]*"/g, '');
    for (const name of SECTION_NAMES) expect(shown.split(`<b>${name}</b>`)).toHaveLength(2);
  });

  test('is shown when the footer stands in a comment, and once when there are two footers', () => {
    const commented = parseTemplate('<body><!-- {{FOOTER_NOTE}} --></body>', FILE).render(sections, texts);
    const shown = commented.replace(/<!--[\s\S]*?-->/g, '');
    for (const name of SECTION_NAMES) expect(shown).toContain(`<b>${name}</b>`);
    const twice = parseTemplate('<body>{{FOOTER_NOTE}} {{FOOTER_NOTE}}</body>', FILE).render(sections, texts);
    expect(twice.split('<b>ACTIONS_TAKEN</b>')).toHaveLength(2);
  });

  test('is there even when the template is a word', () => {
    const html = page('Hello');
    for (const name of SECTION_NAMES) expect(html).toContain(`<b>${name}</b>`);
  });

  test('and which is not selected is not there', () => {
    expect(page(without('ANOMALIES'), { ANOMALIES: null })).not.toMatch(/ANOMALY|stood out/);
  });
});

describe('a section that is not selected', () => {
  const notSelected = { ...sections, HIGH_RISK: null };

  test('goes with what stands around it between #if and /if', () => {
    const { render } = parseTemplate(`{{#if HIGH_RISK}}<h2>Risky</h2>{{HIGH_RISK}}{{/if}}{{FOOTER_NOTE}}`, FILE);
    expect(render(sections, texts)).toContain('<h2>Risky</h2><b>HIGH_RISK</b>');
    expect(render(notSelected, texts)).not.toMatch(/Risky|HIGH_RISK/);
  });

  test('says why it is not there under a heading of version 0.1', () => {
    const { render } = parseTemplate(`<h2>Risky</h2>${all}`, FILE);
    expect(render(notSelected, texts)).toContain('Not selected: ALERT_ON_HIGH_RISK is false.');
  });
});

describe('the colours of risks', () => {
  const COLOURS_ONLY = '{{!-- colours\n high: ink #010203, tint white, edge #abc\n--}}';

  test('are those of the template, then those of the one that comes with the program', async () => {
    const shipped = await readFile(join('prompts', 'email_template.html'), 'utf8');
    const { tones } = parseTemplate(`${COLOURS_ONLY}${all}`, FILE, shipped);
    expect(tones.high).toEqual({ ink: '#010203', tint: 'white', edge: '#abc' });
    expect(tones.critical).toEqual({ ink: '#7a1212', tint: '#fde8e8', edge: '#c81e1e' });
  });

  test('are none when no template has any', () => {
    const { tones } = parseTemplate(all, FILE);
    expect(new Set(Object.values(tones).map(({ tint }) => tint))).toEqual(new Set(['#ffffff']));
  });

  test('stand nowhere but in the template', async () => {
    const shipped = await readFile(join('prompts', 'email_template.html'), 'utf8');
    const used = shipped.match(/(?<=(?:ink|tint|edge) )#[0-9a-f]{6}/g) ?? [];
    expect(used).toHaveLength(15);
    for (const name of await readdir('src/mail', { recursive: true })) {
      const code = name.endsWith('.ts') ? await readFile(join('src/mail', name), 'utf8') : '';
      // The example in what is said about a mistake is one of them.
      for (const colour of used) expect(code.replace(EXAMPLE, ''), name).not.toContain(colour);
    }
  });
  const EXAMPLE = /`high: ink [^`]*|ink #7a3306, tint #fdecd9, edge\n? *\*? *#dd6b10/g;
});

describe('a mistake in the template is named with its file at start:', () => {
  const known = [...SECTION_NAMES, 'SUBJECT', 'PREHEADER'].join(', ');
  test.each([
    [
      'a misspelt placeholder',
      `${all}\n{{RUN_METTA}}`,
      `line 8: unknown placeholder \`RUN_METTA\`; known are ${known}`,
    ],
    ['a path', `{{constructor.name}}${all}`, 'line 1: unknown placeholder `constructor.name`'],
    ['a block', `${all}{{#if RUN_META}}x{{/if}}`, 'line 7 uses more than a placeholder'],
    ['an `else`', `${all}{{#if HIGH_RISK}}x{{else}}y{{/if}}`, 'line 7 uses more than a placeholder'],
    ['a block in a block', `{{#if HIGH_RISK}}{{#if ANOMALIES}}x{{/if}}{{/if}}`, 'line 1 uses more than a placeholder'],
    [
      'a colour that is none',
      `${all}{{!-- colours\n high: ink #7a3306, tint url(x), edge #dd6b10 --}}`,
      'line 8: the colours of `high` have to be like',
    ],
    [
      'a risk that is none',
      `${all}{{!-- colours\n hihg: ink #000, tint #fff, edge #000 --}}`,
      'line 8: `hihg` is no risk',
    ],
    ['a helper', `${all}{{lookup this "x"}}`, 'line 7 uses more than a placeholder'],
    ['a partial', `${all}{{> other}}`, 'line 7 uses more than a placeholder'],
    ['a brace that is not closed', `<p>\n{{RUN_META}</p>${all}`, 'not a valid template: Parse error on line 2'],
  ])('%s', (_, source, message) => {
    expect(problemsOf(source)).toContain(`PROMPT_DIR: \`${FILE}\`: ${message}`);
  });

  test('several at once are all named', () => {
    expect(problemsOf('{{A}}{{B}}').split('\n')).toHaveLength(2);
  });

  test('a file that is not there', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'prompts-'));
    await expect(loadTemplate(dir)).rejects.toThrow(`PROMPT_DIR: could not read the mail template \`${dir}`);
  });

  test('a file with a mistake, read from disk', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'prompts-'));
    await writeFile(join(dir, 'email_template.html'), '{{NOPE}}');
    await expect(loadTemplate(dir)).rejects.toThrow(join(dir, 'email_template.html'));
  });
});
