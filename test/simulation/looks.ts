/** What one process has seen of the list, told from outside: by what it asked the vault for, and what came back to it. */

/** A page that a process asked for; `ids` is null when nothing came, or nothing that could be read. */
type Page = { readonly began: number; came: number; ids: ReadonlySet<string> | null };

export type Looks = ReturnType<typeof openLooks>;

export function openLooks(now: () => number) {
  /** Counts what happens to the process, in order. */
  let moment = 0;
  const pages: Page[] = [];
  const accepted = new Map<string, number>();

  return {
    /** A page is asked for; what it gives is told with the answer that came. */
    asks(): (answer: string | null) => void {
      moment += 1;
      const page: Page = { began: moment, came: Number.NEGATIVE_INFINITY, ids: null };
      pages.push(page);
      return (answer) => {
        page.ids = idsIn(answer);
        page.came = now();
      };
    },
    /** A write came back as accepted. */
    accepts(id: string): void {
      moment += 1;
      accepted.set(id, moment);
    },
    /** How long ago the last page came that held the request; one that was asked for early may come late. */
    ageOf(id: string): number {
      return now() - Math.max(...pages.map(({ ids, came }) => (ids?.has(id) ? came : Number.NEGATIVE_INFINITY)));
    },
    /**
     * Whether the request was looked for after its write was accepted: on a page that was asked for later, and that held
     * it or could not be read. Also true of one whose write was not accepted, which is looked for in another way.
     */
    lookedAfter(id: string): boolean {
      const since = accepted.get(id);
      return since === undefined || pages.some(({ began, ids }) => began > since && (ids?.has(id) ?? true));
    },
  };
}

function idsIn(answer: string | null): ReadonlySet<string> | null {
  try {
    const { data } = JSON.parse(answer ?? '') as { data: readonly { id: string }[] };
    return new Set(data.map(({ id }) => id));
  } catch {
    return null;
  }
}
