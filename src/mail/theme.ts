import type { RiskWord } from '../phrases/run_totals.ts';

/**
 * Colours and inline styles of the mail. Mail programs drop style sheets, and Outlook does not inherit fonts into
 * tables, so every cell says for itself how it looks. Dark text on light ground throughout; each pair of `ink` on
 * `tint` has a contrast above 7:1.
 */
export const INK = '#1a2433';
export const SOFT_INK = '#4d5a6b';
export const LINE = '#dfe4ea';
export const FONT = "font-family:'Segoe UI',-apple-system,BlinkMacSystemFont,Roboto,Helvetica,Arial,sans-serif";

export type Tone = { readonly ink: string; readonly tint: string; readonly edge: string };

export const RISK_TONE = {
  critical: { ink: '#7a1212', tint: '#fde8e8', edge: '#c81e1e' },
  high: { ink: '#7a3306', tint: '#fdecd9', edge: '#dd6b10' },
  medium: { ink: '#5c4708', tint: '#fdf6d3', edge: '#c9a30c' },
  low: { ink: '#124d2c', tint: '#e2f5e9', edge: '#2f9e5b' },
  unscored: { ink: '#333f50', tint: '#edf0f4', edge: '#8a97a8' },
} as const satisfies Record<RiskWord, Tone>;

export const GOOD: Tone = RISK_TONE.low;
export const WATCH: Tone = RISK_TONE.medium;
export const BAD: Tone = RISK_TONE.critical;
export const NEUTRAL: Tone = RISK_TONE.unscored;

export const TEXT = `${FONT};font-size:14px;line-height:20px;color:${INK}`;
export const SMALL = `${FONT};font-size:12px;line-height:18px;color:${SOFT_INK}`;

/** For a cell with texts of others: a long path breaks instead of widening the mail on a phone. */
export const BREAK = 'word-break:break-word;overflow-wrap:anywhere';

/** Attributes of a table that only lays out: screen readers skip it, old Outlook adds no gaps. */
export const LAYOUT = 'role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"';
