import { terminalPage } from '../text/terminal_text.ts';

/**
 * The only places that write to the terminal, beside the log and the progress line, which have escaping functions of their own.
 * INVARIANT: nothing leaves here that acts on a terminal, whoever made the text.
 */

/** The result of a command, on stdout. */
export const say = (text: string): void => void process.stdout.write(terminalPage(text));

/** A document for a file or another program, on stdout byte for byte: the escaping function of its own format made it harmless. */
export const hand = (document: string): void => void process.stdout.write(document);

/** What goes beside the result: errors, warnings, questions; on stderr, so that `--json` keeps stdout to itself. */
export const tell = (text: string): void => void process.stderr.write(terminalPage(text));
