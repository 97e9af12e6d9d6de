/** Tickets as both systems keep them, and who may read them. The stand-ins beside this file put them into their own words. */

export type TicketPerson = { readonly user: string; readonly name: string; readonly email: string };

export type Ticket = {
  /** `INC0010023`, `CHG0030001`, `OPS-17`. */
  readonly number: string;
  readonly state: 'new' | 'in progress' | 'closed';
  readonly openedBy: TicketPerson;
  readonly assignedTo?: TicketPerson;
  /** The machine that it is about. */
  readonly asset?: string;
  /** The planned window. */
  readonly from?: number;
  readonly to?: number;
  readonly summary?: string;
  /** The number that the system shows for it instead: an issue that was moved to another project. */
  readonly shownAs?: string;
};

export class TicketDesk {
  /** For basic sign-in, and for a bearer token. A test may change them, as an administrator would. */
  readonly account = { user: 'svc-tickets', password: '', token: '' };
  readonly #tickets: Ticket[] = [];

  constructor(secretOf: (what: string) => string) {
    this.account.password = secretOf('password');
    this.account.token = secretOf('token');
  }

  /** Two of one number are kept both, as a table without a unique index keeps them. */
  add(ticket: Ticket): void {
    this.#tickets.push(ticket);
  }

  change(number: string, changes: Partial<Ticket>): void {
    const at = this.#tickets.findIndex((ticket) => ticket.number === number);
    const ticket = this.#tickets[at];
    if (ticket !== undefined) this.#tickets[at] = { ...ticket, ...changes };
  }

  all(): readonly Ticket[] {
    return this.#tickets;
  }

  accepts(authorization: string | undefined): boolean {
    const { user, password, token } = this.account;
    const basic = Buffer.from(`${user}:${password}`).toString('base64');
    return authorization === `Basic ${basic}` || authorization === `Bearer ${token}`;
  }
}
