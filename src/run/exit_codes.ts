/** What the process ends with. The table is in docs/reference.md, which a test keeps equal. */
export const EXITS = {
  done: { code: 0, about: 'The cycle is done and nothing failed.', todo: 'Nothing.' },
  failed: {
    code: 1,
    about:
      'The run failed: without the step that broke nothing after it made sense. What was done before is on disk and in the report. Or the state folder could not even be locked (a full disk, a read-only folder): then nothing was begun, and there is no report. Or all went well, and the result could not be written to stdout whole (`> file` on a full disk).',
    todo: 'Read the line on stderr or the top of the report: it names the upstream, the file or the settings to look at.',
  },
  usage: {
    code: 2,
    about: 'Bad usage or configuration, or a Node that is too old. Nothing was started.',
    todo: 'Mend what is listed; every problem is listed at once.',
  },
  locked: {
    code: 3,
    about: 'Another live process works with the same state folder.',
    todo: 'Nothing, if it is the daemon. A lock whose owner died is taken over by itself: within 3 seconds when it died on this machine, otherwise within 43.',
  },
  'done-with-problems': {
    code: 4,
    about:
      'Done, but some requests could not be scored or acted on, records or assets of the vault could not be read, a credential could not be given back, or the mail failed. Of `doctor`: a check fails.',
    todo: 'Read "Problems" in the report (of `doctor`: the rows with ✗). What was left undone stays eligible, and a kept mail goes out with the next run.',
  },
  'ledger-not-trusted': {
    code: 5,
    about:
      'The ledger cannot be trusted, or nothing can be written to it (a full disk, a read-only folder); nothing was acted on. The run reported all the same, where it could.',
    todo: 'The report names the file. For a ledger that cannot be trusted see "When the ledger is not trusted"; else make room or put the rights right.',
  },
  'hung-up': {
    code: 129,
    about: 'Stopped by SIGHUP (the terminal or the connection went away), cleanly.',
    todo: 'Nothing.',
  },
  interrupted: { code: 130, about: 'Stopped by SIGINT (Ctrl-C), cleanly.', todo: 'Nothing.' },
  terminated: { code: 143, about: 'Stopped by SIGTERM, cleanly.', todo: 'Nothing.' },
} as const satisfies Record<string, { code: number; about: string; todo: string }>;
