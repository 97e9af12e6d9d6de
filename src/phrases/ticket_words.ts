import type { TicketFacts } from '../domain/ticket.ts';

type Fact = Exclude<keyof TicketFacts, 'cited' | 'unknown'>;

const WORDS: Readonly<Record<Fact, { readonly yes: string; readonly no: string; readonly unknown: string }>> = {
  found: { yes: 'found', no: 'not found', unknown: 'not known whether it exists' },
  open: { yes: 'open', no: 'not open', unknown: 'not known whether open' },
  namesRequestor: {
    yes: 'names the requestor',
    no: 'belongs to somebody else',
    unknown: 'not known whose it is',
  },
  namesAsset: { yes: 'names the asset', no: 'names another asset or none', unknown: 'not known for which asset' },
  windowFits: { yes: 'the window fits', no: 'the window does not fit', unknown: 'no window known' },
};

/** What is known about the tickets of a request: which, then fact by fact, then why something is unknown. */
export function ticketWords(tickets: TicketFacts): string[] {
  const { cited, unknown } = tickets;
  const told = (fact: Fact): string => {
    const words = WORDS[fact];
    return tickets[fact] === null ? words.unknown : tickets[fact] ? words.yes : words.no;
  };
  // Of one that is not there, or could not be asked about, nothing else is worth a word.
  const facts = tickets.found === true ? (Object.keys(WORDS) as Fact[]) : (['found'] as const);
  return [`${cited.join(', ')}: ${facts.map(told).join(', ')}`, ...unknown];
}
