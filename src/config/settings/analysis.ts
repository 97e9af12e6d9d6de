import * as kind from '../kinds.ts';
import type { Settings } from '../setting.ts';

/** Which requests are looked at, and how closely. */
export const ANALYSIS = {
  REQUEST_LOOKBACK_DAYS: {
    schema: kind.wholeNumber(1, 3650),
    fallback: '30',
    about: 'Length of the window: requests created in the last so many days.',
  },
  OFF_HOURS_START: {
    schema: kind.wholeNumber(0, 24),
    fallback: '18',
    about: 'Hour at which off-hours begin.',
  },
  OFF_HOURS_END: {
    schema: kind.wholeNumber(0, 24),
    fallback: '8',
    about: 'Hour at which off-hours end; may lie past midnight. The same as the start: no off-hours.',
  },
  OFF_HOURS_TIMEZONE: {
    schema: kind.timeZone,
    fallback: 'UTC',
    about: 'IANA zone of those hours, such as `Europe/Berlin`.',
  },
  OFF_HOURS_DAYS: {
    schema: kind.list(kind.oneOf(kind.WEEKDAYS)).optional(),
    about: 'Days of the week that are off-hours as a whole, such as `sat,sun`. Empty: none by itself.',
  },
  OFF_HOURS_HOLIDAYS: {
    schema: kind.list(kind.holiday).optional(),
    about: 'Dates that are off-hours as a whole: `2026-12-24`, or `12-25` for every year, with commas between them.',
  },
  MAX_DAYS_AHEAD: {
    schema: kind.wholeNumber(1, 3650),
    fallback: '30',
    about: 'Days ahead at which a window may begin at the latest to be approved without a person.',
  },
  TICKETS_CA_FILE: {
    schema: kind.text.optional(),
    about: 'PEM file of a private certificate authority to trust for the ticket systems of `access.yml`.',
  },
  DEEP_ANALYSIS: {
    schema: kind.flag,
    fallback: 'false',
    about:
      'Read type, container path and tags of every asset asked for. `false`: only of waiting requests and, while an `AUTO_` switch is on, of granted ones.',
  },
} as const satisfies Settings;
