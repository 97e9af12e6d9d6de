import * as kind from '../kinds.ts';
import type { Settings } from '../setting.ts';

/** Caps and the circuit breaker. */
export const CAPS = {
  CAP_APPROVALS_PER_RUN: {
    schema: kind.wholeNumber(0, 100_000),
    fallback: '50',
    about: 'Approvals in one run.',
  },
  CAP_APPROVALS_PER_DAY: {
    schema: kind.wholeNumber(0, 100_000),
    fallback: '200',
    about: 'Approvals in 24 hours.',
  },
  CAP_APPROVALS_PER_REQUESTOR_PER_DAY: {
    schema: kind.wholeNumber(0, 100_000),
    fallback: '10',
    about: 'Approvals for one requestor in 24 hours.',
  },
  CAP_APPROVALS_PER_ASSET_PER_DAY: {
    schema: kind.wholeNumber(0, 100_000),
    fallback: '10',
    about: 'Approvals for one asset in 24 hours.',
  },
  CAP_REJECTIONS_PER_RUN: {
    schema: kind.wholeNumber(0, 100_000),
    fallback: '50',
    about: 'Rejections in one run.',
  },
  BREAKER_FACTOR: {
    schema: kind.wholeNumber(0, 1000),
    fallback: '3',
    about:
      'A run that would approve or reject this many times more often than the median of the last runs does none of it; persons with suspicious texts are isolated when there are so many more of them. 0: off, also the isolating of single persons.',
  },
  BREAKER_MINIMUM: {
    schema: kind.wholeNumber(1, 100_000),
    fallback: '10',
    about:
      'Below this many, nothing counts as unusual; nor before five runs are recorded. One person with three suspicious open requests is isolated all the same.',
  },
} as const satisfies Settings;
