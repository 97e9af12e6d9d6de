import { findPackageJSON } from 'node:module';
import { dirname } from 'node:path';

/**
 * The folder of the package, with prompts, policy and prices. Found by its package.json, because the code stands at
 * another depth in a checkout (`src`) than in an installed package (`dist/src`).
 */
export const PACKAGE_ROOT = dirname(findPackageJSON(import.meta.url) ?? import.meta.dirname);
