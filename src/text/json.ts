import { visibleBeyondAscii } from './control_chars.ts';

/**
 * The door to every JSON document that a person may look at: `--json`, the twin of the report, the plan. JSON itself
 * writes out only the first 32 control characters; what else acts on a terminal or turns a line round is written out here.
 * INVARIANT: reading it gives back exactly what was written, and nothing in it acts on the screen it is shown on.
 */
export const jsonText = (value: unknown, indent = 2): string =>
  `${visibleBeyondAscii(JSON.stringify(value, null, indent))}\n`;
