import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { describeError } from '../util/errors.ts';
import { tell } from './say.ts';

/**
 * Whoever reads our output may go away first (`| head`, a log collector that restarts), and the file that it goes to may
 * be on a full disk. Neither must end a run between an action and its record, with credentials still open: the command
 * goes on. What was lost of the log is lost. When something of the result was, and not because nobody read on, the process
 * says so as it ends, with `code` in place of a 0: a cut file must not pass for a whole one.
 */
export function outliveOutputs(code: number): void {
  let lost: NodeJS.ErrnoException | null = null;
  const notice = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') lost ??= error;
  };
  process.stderr.on('error', () => {});
  process.stdout.on('error', notice);
  if (!(process.stdout instanceof Socket)) writeWhole(process.stdout, notice);
  process.on('exit', (ends) => {
    if (lost === null) return;
    tell(`portcullis: stdout could not be written, and what went there is not whole: ${describeError(lost)}\n`);
    if (ends === 0) process.exitCode = code;
  });
}

/**
 * For output that is a file: Node writes once and takes no notice when the system took only a part of it, as it does
 * before it says that the disk is full. An event would come too late for what ends the process at once, as `--help` does.
 */
function writeWhole(stream: typeof process.stdout, onError: (error: NodeJS.ErrnoException) => void): void {
  stream._write = (chunk: Buffer, _encoding, done) => {
    try {
      for (let at = 0; at < chunk.length; ) at += writeSync(stream.fd, chunk, at);
      done();
    } catch (error) {
      onError(error as NodeJS.ErrnoException);
      done(error as Error);
    }
  };
}
