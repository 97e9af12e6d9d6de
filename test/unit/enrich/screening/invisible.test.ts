import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NO_IDS } from '../../../../src/enrich/screening/ids.ts';
import { screenText } from '../../../../src/enrich/screening/screen.ts';
import { normalised } from '../../../../src/enrich/screening/view.ts';
import { folded } from '../../../../src/text/look_alikes.ts';

const look = (text: string) => {
  const { flags, scoring } = screenText(text, NO_IDS);
  return { hidden: flags.includes('invisible'), scoring };
};

describe('what honest text brings along is no finding', () => {
  test.each([
    ['a byte-order mark at the start', '\ufeffCert renewal on vpn-2', 'Cert renewal on vpn-2'],
    ['line ends of Windows', 'Cert renewal\r\non vpn-2', 'Cert renewal on vpn-2'],
    ['a tab between two words', 'Cert renewal\ton vpn-2', 'Cert renewal on vpn-2'],
    ['a no-break space', 'Cert\u00a0renewal on vpn-2', 'Cert renewal on vpn-2'],
    ['the non-joiner of Persian', 'لاگ\u200cهای سرور', 'لاگ\u200cهای سرور'],
    ['the joiner of Devanagari', 'क\u094d\u200dष सर्वर', 'क\u094d\u200dष सर्वर'],
    ['a family that is one emoji', 'Portal 👨\u200d👩\u200d👧 is down', 'Portal 👨\u200d👩\u200d👧 is down'],
    ['a heart with its variation selector', '❤\ufe0f monitoring fails', '❤\ufe0f monitoring fails'],
    ['a keycap', 'Step 1\ufe0f\u20e3 failed', 'Step 1\ufe0f\u20e3 failed'],
    [
      'the flag of Scotland, which is spelt with tag characters',
      'Office 🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} affected',
      'Office 🏴 affected',
    ],
    ['a bullet pasted from a word processor', '\uf0b7 Restart of the spooler', 'Restart of the spooler'],
    ['a possible hyphenation in a long word', 'Daten\u00adbank wird migriert', 'Datenbank wird migriert'],
    ['a mark of direction beside Hebrew', 'שרת\u200f (SQL) בדיקה', 'שרת (SQL) בדיקה'],
    ['a variant of one ideograph in a name', '葛\u{e0100}城のサーバー', '葛城のサーバー'],
  ])('%s', (_, text, scoring) => {
    expect(look(text)).toEqual({ hidden: false, scoring });
  });
});

describe('what nobody types is taken out and found', () => {
  test.each([
    ['a zero-width space inside a word', 'r\u200bisk check'],
    ['a joiner between Latin letters', 'ri\u200dsk check'],
    ['a soft hyphen between single letters', 'l\u00ado\u00adw check'],
    ['a tag character', 'check\u{e0041} it'],
    [
      'tag characters behind a black flag that are no region',
      'check 🏴\u{e0067}\u{e0062}\u{e0061}\u{e0062}\u{e0063}\u{e007f}',
    ],
    ['an override of the direction', 'check \u202etfel ot thgir'],
    ['an isolate', 'check \u2067abc\u2069'],
    ['a second variation selector', 'check 😀\ufe0f\ufe0f'],
    ['variation selectors that carry bytes', 'check 😀\u{e0141}\u{e0142}'],
    ['a Hangul filler', 'check \u3164 it'],
    ['an invisible operator', 'check \u2062 it'],
    ['an empty braille cell', 'check \u2800 it'],
    ['a private character', 'check \ue000 it'],
    ['an escape character', 'check \u001b[31m it'],
    ['a bare carriage return', 'check\rapproved'],
    ['a control character of the second set', 'check \u0085 it'],
    ['a line separator', 'check\u2028it'],
    ['half of a surrogate pair', 'check \ud83d it'],
    ['marks of direction in a row', 'שרת \u200f\u200f\u200e\u200f בדיקה'],
    ['a great many of what is tolerated once', 'Daten\u00adbank '.repeat(12)],
  ])('%s', (_, text) => {
    const { hidden, scoring } = look(text);
    expect(hidden).toBe(true);
    expect(scoring).not.toMatch(/(?!\ufe0f)[\p{Cc}\p{Cs}\p{Co}\u2028\u2029\u2800\p{Default_Ignorable_Code_Point}]/u);
  });
});

test('The short way for ordinary texts gives what the long way gives', () => {
  const ordinary = fc.string({ unit: fc.constantFrom(...'aZ9 ~!-".\n\t'), maxLength: 60 });
  fc.assert(
    fc.property(ordinary, (text) => {
      // With something that has to be taken out, the long way is taken.
      const { lines, line, hidden } = normalised(`${text}\u200b`);
      expect(normalised(text)).toEqual({ lines, line, hidden: hidden - 1 });
      expect(folded(text)).toBe(folded(`${text}山`).slice(0, -1));
    }),
  );
});
