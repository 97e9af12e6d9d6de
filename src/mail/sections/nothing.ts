import { brokeOff } from '../../phrases/run_headline.ts';
import { html } from '../html.ts';
import { SMALL } from '../theme.ts';
import type { MailContent } from './section.ts';

/**
 * What a section says when it has nothing to show. A run that broke off before it reviewed anything must not claim that
 * all is quiet: it does not know.
 */
export function nothing({ record, totals }: MailContent, quiet: string): string {
  const blind = brokeOff(record.verdict) && totals.requests === 0;
  return template({ says: blind ? 'Not known: the run ended before it had reviewed any request.' : quiet });
}

const template = html<{ says: string }>(`<div style="padding-top:8px;${SMALL};">{{says}}</div>`);
