/** Before each file of unit tests: seed and usual number of examples of every property. */
import fc from 'fast-check';
import { examples, PROPERTY_SEED } from './property_runs.ts';

fc.configureGlobal({ seed: PROPERTY_SEED, numRuns: examples(100) });
