import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mailText } from '../../../src/mail/mail_text.ts';
import { CORPUS, hostileText, INVISIBLE_OR_BREAK } from '../../helpers/hostile_texts.ts';
import { examples } from '../../suite/property_runs.ts';

/** What mail programs turn into links by themselves. */
const LINKABLE =
  /:\/\/|\bwww\.|@[\p{L}\p{N}]|[\p{L}\p{N}-]\.(com|net|org|io|ru|de)(?![\p{L}\p{N}-])(?!\.[\p{L}\p{N}])|\bmailto:|\btel:/iu;

describe('a text that somebody else wrote, in a mail', () => {
  test.each([
    ['see http://evil.example/x', 'see hxxp[:]//evil.example/x'],
    ['see HTTPS://evil.example', 'see hxxpS[:]//evil.example'],
    ['ftp://host/file', 'ftp[:]//host/file'],
    ['www.evil.example', 'www[.]evil.example'],
    ['go to evil.com/login or login.evil.co.uk', 'go to evil[.]com/login or login.evil[.]co[.]uk'],
    ['m.veith@contoso.example', 'm.veith[@]contoso.example'],
    ['mailto:x tel:+49123', 'mailto[:]x tel[:]+49123'],
    ['https：／／evil', 'hxxps[:]//evil'],
    ['CORP\\anna.berg', 'CORP\\anna.berg'],
    ['db01.corp.local, v2.1.3, patch.msi, e.g. 10.20.30.40', 'db01.corp.local, v2.1.3, patch.msi, e.g. 10.20.30.40'],
    ['Done. Now 12:30, ratio 3:1', 'Done. Now 12:30, ratio 3:1'],
    ['<b>bold</b> & more', '<b>bold</b> & more'],
  ])('%j becomes %j', (text, shown) => {
    expect(mailText(text)).toBe(shown);
  });

  test('is one visible line without anything to click, for every text that fast-check can put together', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(mailText(text)).not.toMatch(LINKABLE);
        expect(mailText(text)).not.toMatch(INVISIBLE_OR_BREAK);
      }),
      { numRuns: examples(3000) },
    );
  });

  test.each(CORPUS)('has nothing to click in $id of the corpus', ({ text }) => {
    expect(mailText(text)).not.toMatch(LINKABLE);
  });
});
