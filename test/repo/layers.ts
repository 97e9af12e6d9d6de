/**
 * The layers of src, from the lowest up: the one place that says what may import what. test/repo/layers.test.ts holds the
 * code to it, and docs/architecture.md is drawn from it (`npm run docs`). A file may import from its own folder and from
 * any layer below; folders of one layer do not import each other. Here a folder is a folder of src, a folder in one of them,
 * or a file.
 */
export type LayerFolder = { readonly name: string; readonly about: string };
export type Layer = { readonly title: string; readonly folders: readonly LayerFolder[] };

export const LAYERS: readonly Layer[] = [
  {
    title: 'texts',
    folders: [{ name: 'text', about: 'one escaping function per place of output; CSV, JSON, wrapping, times as text' }],
  },
  {
    title: 'tools',
    folders: [{ name: 'util', about: 'clock, log, errors, progress, pool, intern, event loop, heap' }],
  },
  {
    title: 'types',
    folders: [
      {
        name: 'domain',
        about:
          'types, and pure functions that say when two of them are the same: request, access context, assessment, decision',
      },
    ],
  },
  {
    title: 'sentences and the way out',
    folders: [
      { name: 'phrases', about: 'every sentence that two outputs share' },
      {
        name: 'http',
        about: 'one way out for every upstream: certificates, proxy, deadline, byte limit; signatures and Host checks',
      },
    ],
  },
  {
    title: 'settings, files, screening',
    folders: [
      { name: 'config', about: 'settings by group, read once, wholly or not at all' },
      { name: 'store', about: 'files, lock, archive of runs, spend, halt, reviews' },
      { name: 'enrich/screening', about: 'what requestors wrote: flags, and a copy that is safe to score' },
    ],
  },
  {
    title: 'ledger',
    folders: [{ name: 'ledger', about: 'entries, chain, seals, action history, verify, export, repair' }],
  },
  {
    title: 'the verbs of a run',
    folders: [
      { name: 'vault', about: 'fetch: session, discovery, wire, listing, assets, credentials, acting token' },
      { name: 'enrich', about: 'enrich: facts about a request, computed in code' },
      { name: 'tickets', about: 'enrich: tickets that a text names, looked up; loaded only when a system is given' },
      { name: 'score', about: 'score and confirm: questions to the model and its answers; client/, budget/, memory/' },
      { name: 'policy', about: 'access.yml and Cedar: the access context, and what policies permit or forbid' },
      { name: 'decide', about: 'decide: gates, risk floor, caps, next step; pure' },
      { name: 'act', about: 'act: carry out, reconcile, recover' },
      { name: 'plan', about: 'plan and apply' },
      { name: 'report', about: 'report: Markdown, JSON, CSV' },
      { name: 'mail', about: 'alert: sections, outbox, delivery' },
    ],
  },
  {
    title: 'a run',
    folders: [{ name: 'run', about: 'the eight verbs in their order, and what is known before the first' }],
  },
  {
    title: 'looking back and around',
    folders: [
      { name: 'analysis', about: 'explain, backtest, policy lint, policy cases' },
      { name: 'daemon', about: 'schedule, signals, heartbeat, health, metrics' },
      { name: 'intake', about: 'signed messages that ask for a run, and what was decided, for other programs' },
      { name: 'contract', about: 'agentaz.json held against the code' },
      { name: 'terminal', about: 'terminal output, and questions at the terminal' },
    ],
  },
  {
    title: 'one pass over everything',
    folders: [{ name: 'doctor', about: 'a table of checks: would a run do its work here; writes nothing' }],
  },
  {
    title: 'composition',
    folders: [{ name: 'app.ts', about: 'puts the parts together; no rule stands here' }],
  },
  {
    title: 'commands',
    folders: [{ name: 'commands', about: 'one object per command: name, about, options, run; handlers/, context/' }],
  },
  {
    title: 'the command line',
    folders: [{ name: 'cli.ts', about: 'arguments to command' }],
  },
];
