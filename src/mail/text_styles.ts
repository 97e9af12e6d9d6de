/**
 * Inline styles of texts and tables of the mail. Mail programs drop style sheets, and Outlook does not inherit fonts into
 * tables, so every cell says for itself how it looks. The colours of risks stand in the template (`tones.ts`).
 */
export const INK = '#1a2433';
export const SOFT_INK = '#4d5a6b';
export const LINE = '#dfe4ea';
export const FONT = "font-family:'Segoe UI',-apple-system,BlinkMacSystemFont,Roboto,Helvetica,Arial,sans-serif";

export const TEXT = `${FONT};font-size:14px;line-height:20px;color:${INK}`;
export const SMALL = `${FONT};font-size:12px;line-height:18px;color:${SOFT_INK}`;

/** For a cell with texts of others: a long path breaks instead of widening the mail on a phone. */
export const BREAK = 'word-break:break-word;overflow-wrap:anywhere';

/** Attributes of a table that only lays out: screen readers skip it, old Outlook adds no gaps. */
export const LAYOUT = 'role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"';
