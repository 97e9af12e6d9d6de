import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SECTION_NAMES, type SectionName } from '../../../src/mail/sections.ts';
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
    const render = await loadTemplate('prompts');
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
    const page = parseTemplate(SECTION_NAMES.map(written).join(''), FILE)(sections, texts);
    expect(page).toBe(Object.values(sections).join(''));
  });

  test('escapes the subject even with three braces', () => {
    expect(parseTemplate(`{{{SUBJECT}}}${all}`, FILE)(sections, texts)).toMatch(/^a &lt;b&gt; &amp; c/);
  });

  test('never reads placeholders in what it is filled with', () => {
    const page = parseTemplate(all, FILE)({ ...sections, ANOMALIES: '{{RUN_META}} {{{x}}}' }, texts);
    expect(page).toContain('{{RUN_META}} {{{x}}}');
  });
});

describe('a mistake in the template is named with its file at start:', () => {
  const known = [...SECTION_NAMES, 'SUBJECT', 'PREHEADER'].join(', ');
  test.each([
    [
      'a misspelt placeholder',
      `${all}\n{{RUN_METTA}}`,
      `line 8: unknown placeholder \`RUN_METTA\`; known are ${known}`,
    ],
    ['a missing placeholder', all.replace('{{HIGH_RISK}}', ''), 'the placeholder `HIGH_RISK` is missing'],
    ['a path', `{{constructor.name}}${all}`, 'line 1: unknown placeholder `constructor.name`'],
    ['a block', `${all}{{#if RUN_META}}x{{/if}}`, 'line 7 uses more than a placeholder'],
    ['a helper', `${all}{{lookup this "x"}}`, 'line 7 uses more than a placeholder'],
    ['a partial', `${all}{{> other}}`, 'line 7 uses more than a placeholder'],
    ['a brace that is not closed', `<p>\n{{RUN_META}</p>${all}`, 'not a valid template: Parse error on line 2'],
  ])('%s', (_, source, message) => {
    expect(problemsOf(source)).toContain(`PROMPT_DIR: \`${FILE}\`: ${message}`);
  });

  test('several at once are all named', () => {
    expect(problemsOf('{{A}}{{B}}').split('\n')).toHaveLength(2 + SECTION_NAMES.length);
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
