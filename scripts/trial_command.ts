import { Command, InvalidArgumentError } from 'commander';

/** The command line of a trial or benchmark, which ends with 1 when it found something, and with 2 when it was called wrongly. */
export const trialCommand = (name: string, about: string): Command =>
  new Command(name)
    .description(about)
    .helpOption('--help', 'show this')
    .showHelpAfterError()
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

/** Reads the number of an option. What is none would become NaN, and a trial of NaN scenarios would pass. */
export const wholeNumber =
  (least: number) =>
  (text: string): number => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= least) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
  };

/** Reads a share from 0 to 1. */
export function share(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}
