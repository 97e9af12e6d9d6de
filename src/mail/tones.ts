import { RISK_WORDS, type RiskWord } from '../phrases/run_totals.ts';
import { plainLine } from '../text/plain_text.ts';
import { INK, LINE } from './text_styles.ts';

/** How something is shown: text, ground and border. */
export type Tone = { readonly ink: string; readonly tint: string; readonly edge: string };
export type Tones = Readonly<Record<RiskWord, Tone>>;

/** Without any colour: of a number that is zero, and of all where no template has colours. */
export const PLAIN: Tone = { ink: '#5c6878', tint: '#f6f8fa', edge: LINE };
const UNCOLOURED: Tone = { ink: INK, tint: '#ffffff', edge: LINE };

/** What is neither a risk nor a number: good news, something to watch, something wrong, and neither of them. */
export const moodsOf = ({ low, medium, critical, unscored }: Tones) => ({
  good: low,
  watch: medium,
  bad: critical,
  neutral: unscored,
});

/** Every risk has a tone: that of the template, else the one of the template that comes with the program. */
export const tonesOf = (own: Partial<Tones>, shipped: Partial<Tones>): Tones =>
  Object.fromEntries(RISK_WORDS.map((risk) => [risk, own[risk] ?? shipped[risk] ?? UNCOLOURED])) as Tones;

const PARTS = ['ink', 'tint', 'edge'] as const satisfies readonly (keyof Tone)[];
const COLOUR = /^(?:#(?:[0-9a-f]{3}|[0-9a-f]{6})|[a-z]{3,20})$/i;

/** Anything else in the comment is prose. */
const ROW = /^\s*([\w-]+)\s*:(.*)$/;

export const isColours = (comment: string): boolean => /^\s*colou?rs\s*(?:\n|$)/i.test(comment);

/**
 * Reads the comment of the template that holds the colours, a line for each risk: `high: ink #7a3306, tint #fdecd9, edge
 * #dd6b10`. `line` is where the comment begins.
 */
export function readColours(comment: string, line: number): { tones: Partial<Tones>; problems: readonly string[] } {
  const tones: Partial<Record<RiskWord, Tone>> = {};
  const problems: string[] = [];
  for (const [n, text] of comment.split(/\r?\n/).entries()) {
    const [, name = '', values = ''] = ROW.exec(text) ?? [];
    if (n === 0 || name === '') continue;
    const at = `line ${line + n}`;
    const risk = RISK_WORDS.find((word) => word === name.toLowerCase());
    const tone = toneIn(values);
    if (risk === undefined)
      problems.push(`${at}: \`${plainLine(name, 40)}\` is no risk; known are ${RISK_WORDS.join(', ')}`);
    else if (tone === null)
      problems.push(`${at}: the colours of \`${risk}\` have to be like \`ink #7a3306, tint #fdecd9, edge #dd6b10\``);
    else tones[risk] = tone;
  }
  return { tones, problems };
}

function toneIn(values: string): Tone | null {
  const pairs = new Map(
    values.split(/[,;]/).map((pair) => {
      const [part = '', colour = ''] = pair.trim().split(/[\s=]+/);
      return [part.toLowerCase(), colour] as const;
    }),
  );
  const found = PARTS.map((part) => pairs.get(part) ?? '');
  if (pairs.size !== PARTS.length || !found.every((colour) => COLOUR.test(colour))) return null;
  const [ink = '', tint = '', edge = ''] = found;
  return { ink, tint, edge };
}
