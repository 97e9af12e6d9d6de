import { plainLine } from '../text/plain_text.ts';

/**
 * The one door through which a text that a person, a model or the vault wrote enters a mail. The HTML escaping is done
 * by the templates, which escape by default; this is about what mail programs do on top of it: they turn addresses in
 * plain text into links by themselves. So every address is broken visibly, the way security people write them:
 * `https[:]//`, `www[.]`, `evil[.]com`, `name[@]host`. Nothing invisible is inserted: it would survive a copy.
 *
 * INVARIANT: nothing that comes out of here is a clickable address in any mail program.
 */
export function mailText(text: string, maxLength = 200): string {
  return plainLine(text, maxLength)
    .replace(/\bhttp(?=s?:\/\/)/gi, 'hxxp')
    .replace(/:(?=\/\/)|\b(?<=mailto|tel|sms|callto|sip|im|facetime):/gi, '[:]')
    .replace(/(?<=\bwww)\./gi, '[.]')
    .replaceAll('@', '[@]')
    .replace(DOMAIN_DOT, '[.]');
}

/**
 * The dot before a label that mail programs take for a top-level domain: a common generic one, or any two letters
 * (a country). `anna.berg`, `v2.1` and `patch.msi` stay as they are.
 */
const DOMAIN_DOT =
  /(?<=[\p{L}\p{N}-])\.(?=(?:com|net|org|edu|gov|mil|int|info|biz|app|dev|xyz|top|site|online|shop|club|live|link|click|zip|mov|cloud|tech|store|\p{L}{2})(?![\p{L}\p{N}-]))/giu;
