/** What each of the hospitals has, in the same order of containers. */
import type { Place } from './places.ts';

/** Names with numbers: `box-101`, `box-102`. */
export const few = (stem: string, from: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `${stem}${from + at}`);

export const site = (name: string, code: string): Place[] => {
  const at = (...parts: string[]) => ['Standorte', name, ...parts].join(' / ');
  const ward = [`site=${code}`, 'krit/gering'];
  return [
    {
      path: at('Empfang', 'Selbstanmeldung'),
      area: 'kiosks',
      names: few(`${code}-kiosk-`, 1, 5),
      type: 'Kiosk-Terminal',
      tags: ward,
    },
    {
      path: at('Stationen', 'Thin Clients'),
      area: 'wards',
      names: few(`${code}-tc-`, 20, 7),
      type: 'Thin client',
      tags: ward,
    },
    {
      path: at('Gebäude', 'Anzeigen'),
      area: 'signage',
      names: few(`${code}-anzeige-`, 1, 3),
      type: 'Signage player',
      tags: [`site=${code}`],
    },
    // The same shelf as the kiosks, and cards go through it.
    {
      path: at('Empfang', 'Selbstanmeldung'),
      area: 'money',
      names: [`${code}-kiosk-9`],
      type: 'Kiosk-Terminal',
      tags: [`site=${code}`, 'pci'],
      mark: 'tag',
    },
    {
      path: at('Medizintechnik', 'Pumpen'),
      area: 'devices',
      names: few(`${code}-mt-`, 310, 2),
      type: 'Appliance',
      tags: [`site=${code}`, 'krit/hoch'],
      mark: 'tag',
    },
    {
      path: at('Medizintechnik', 'Bildgebung'),
      area: 'devices',
      names: few(`${code}-mt-`, 340, 2),
      type: 'Medical device gateway',
      tags: [`site=${code}`],
      mark: 'type',
    },
    {
      path: at('Netz', 'Verteilraum'),
      area: 'networks',
      names: few(`${code}-gw-`, 1, 2),
      type: 'Firewall-Appliance',
      tags: [`site=${code}`],
      mark: 'type',
    },
  ];
};
