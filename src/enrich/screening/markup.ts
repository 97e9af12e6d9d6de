import { found, type View } from './view.ts';

/** What could act in a mail, a report or a browser that shows the text; a plain web address is ordinary and passes. */
const MARKUP = [
  {
    says: 'holds an HTML tag',
    // Names that browsers act on. Made-up names such as `<hostname>` or `List<String>` are placeholders and code.
    pattern:
      /<\/?(?:a|abbr|audio|b|base|body|br|button|canvas|center|code|dd|details|dialog|div|dl|dt|em|embed|fieldset|font|footer|form|frame|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|label|li|link|main|marquee|math|meta|nav|noscript|object|ol|option|p|picture|plaintext|portal|pre|s|script|section|select|small|source|span|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|th|thead|title|tr|track|tt|u|ul|video|xmp)(?=[\s/>])/i,
  },
  { says: 'holds a comment or declaration of HTML or XML', pattern: /<!(?:--|\[|doctype|entity)|<\?php/i },
  {
    says: 'holds an event attribute',
    pattern: /(?<![\w$.])on[a-z]{4,20}\s{0,3}=\s{0,3}["'`]?[a-z_$][\w$.]{0,40}[(=.]/i,
  },
  {
    says: 'holds an address that runs code',
    pattern: /(?<!\w)(?:javascript|vbscript|livescript)\s{0,3}:|(?<!\w)data:[a-z]{2,20}\/[\w.+-]{1,40}[;,]/i,
  },
  { says: 'holds a Markdown image or link', pattern: /!\[|\]\s?\((?:[a-z][\w+.-]{1,20}:|\/|#|www\.|mailto)/i },
  {
    says: 'holds a Markdown reference link',
    pattern: /\[[^\][\n]{1,80}\]:\s?(?:\S{1,10}:)?\/\/|\[[^\][\n]{1,80}\]\[[^\][\n]{0,80}\]/,
  },
  { says: 'holds a link in angle brackets', pattern: /<(?:https?|ftp|file|mailto):/i },
  {
    says: 'holds tag characters written as entities',
    pattern: /&(?:lt|gt|colon|lpar|newline|tab)\b;?|&#(?:x0*3[ce]|0*6[02])\b/i,
  },
  {
    // Not a name alone, as in the templates of playbooks and charts: nothing happens when that is filled in.
    says: 'holds a template expression',
    pattern:
      /\{\{(?:[#/>&][\w.\s]{1,60}|\s?\w{1,40}\.[\w.\s]{1,60}|\s?(?:config|self|this|request|env)\s?)\}\}|\{\{\{|\{\{[^{}\n]{0,60}[(*'"][^{}\n]{0,60}\}\}|<%[=-]?|\$\{(?:jndi|env|sys|lower|upper):/i,
  },
  {
    says: 'holds a style that loads or hides something',
    pattern: /(?:url|expression)\((?:["']?(?:https?:)?\/\/)|(?:display:\s?none|font-size:\s?0|visibility:\s?hidden)/i,
  },
  {
    says: 'starts like a formula of a spreadsheet',
    pattern: /^[=+@-](?:[A-Z]{2,20}\(|cmd\|)|=(?:HYPERLINK|WEBSERVICE|IMPORTXML|IMPORTDATA|IMAGE|DDE)\(/i,
  },
] as const;

export const markup = ({ lines }: View): string[] => found(MARKUP, lines);
