import { found } from './pattern.ts';
import type { View } from './view.ts';

const PART =
  '(?:justification|request|data|input|text|record|prompt|untrusted|section|message|block|user|content|document|instructions?|context|system|notes?|ticket|description|quote|batch|list|response|reply)s?';

/** Marks that pretend to end the data, the text or the message, so that what follows reads as ours. */
const MARKS = [
  { says: 'holds a fence of code', pattern: /```|~~~|"""|'''/ },
  { says: 'holds a mark in angle brackets', pattern: /<<<|\w>>>/ },
  { says: 'holds a ruled line with words after it', pattern: /(?:^|\n)\s{0,10}(?:[-_]{3,80}|[=~*+#]{3,80})\s{0,10}\n/ },
  {
    says: 'shouts a heading between rules',
    pattern:
      /[*=~_#-]{3,80} {0,3}(?!BEGIN (?:RSA |EC |OPENSSH |ENCRYPTED |PUBLIC |PRIVATE |PGP |NEW ){0,4}(?:CERTIFICATE|[A-Z]{1,20} KEY|KEY|MESSAGE))[A-Z][A-Z _-]{2,60} {0,3}[*=~_#-]{3,80}|\*{3,20} ?[A-Z]{3}/,
  },
  {
    says: 'says that the text or the data ends here',
    pattern: new RegExp(
      String.raw`[[({<*=_-]\s?/?(?:end|stop|close|eof|finish)(?:[ _-]of)?[ _-](?:the[ _-])?(?:\w{1,20}[ _-])?${PART}|\bend of (?:the )?(?:\w{1,20} )?(?:${PART})(?: block| section)?\s?[.:\])>*=-]|\b(?:begin|end)_[a-z]{1,20}|\b(?:rest|remainder) of (?:the )?(?:justification|input|prompt)`,
      'iu',
    ),
  },
  {
    says: 'says that a mark or the trust has changed',
    pattern:
      /\b(?:marker|delimiter|separator|boundary)s?\b.{0,30}\b(?:changed|ends?|closed?|is now|void)\b|\bnow trusted\b/i,
  },
  {
    says: 'uses a field name of our own question',
    pattern:
      /untrusted[ _-]text|expected_automation|requestor_requests_in_window|injection_suspected|anomaly_flags|risk_score\b/i,
  },
  { says: 'puts one unusual sign between its words', pattern: /\w([\^¦§¬·•▁˽‖¶¤])\w{1,30}\1\w{1,30}\1\w{1,30}\1/u },
] as const;

export const delimiter = ({ lines }: View): string[] => found(MARKS, lines);
