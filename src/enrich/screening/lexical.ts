import { ordersInOtherLanguages } from './orders/other_languages.ts';
import { ABOUT_OTHERS } from './orders/other_requests.ts';
import { madePlain } from './orders/phrase.ts';
import { ABOUT_RATING, ABOUT_REVIEWER, ABOUT_RULES } from './orders/review.ts';
import { found, type View } from './view.ts';

/*
 * Words that are about the review and not about the work. Ordinary work speaks of risk, rules, reviews, low levels and
 * ignoring things all the time; what it does not do is give orders about the rating, so nearly every rule needs two or
 * three ideas close together. Finds the tries that say what they want. A calm sentence that merely sounds routine
 * passes, and has to: that is why a clean text makes nothing eligible.
 */
const ENGLISH = [...ABOUT_RATING, ...ABOUT_RULES, ...ABOUT_REVIEWER, ...ABOUT_OTHERS];

export const lexical = ({ readings }: View): string[] => [...new Set(readings.flatMap(orders))];

/** Whether a reading holds an order to the reviewer: what `encoded` looks for in what it undid. */
export const steers = (reading: string): boolean => orders(reading).length > 0;

const orders = (reading: string): string[] => [
  ...found(ENGLISH, madePlain(reading)),
  ...ordersInOtherLanguages(reading),
];
