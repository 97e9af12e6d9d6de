import { describe, expect, test } from 'vitest';
import { SETTINGS } from '../../../src/config/settings.ts';
import { strangeNames } from '../../../src/config/strange_names.ts';

const inFile = (...names: string[]) => strangeNames(names, {});
const outside = (...names: string[]) => strangeNames([], Object.fromEntries(names.map((name) => [name, 'true'])));

describe('a name that is no setting', () => {
  test.each([
    ['AUTO_APROVE_LOW_RISK', 'AUTO_APPROVE_LOW_RISK'],
    ['AUTO_APROVE', 'AUTO_APPROVE_LOW_RISK'],
    ['auto_approve_low_risk', 'AUTO_APPROVE_LOW_RISK'],
    ['VAULT_ULR', 'VAULT_URL'],
    ['AUTONOMUS_MODE', 'AUTONOMOUS_MODE'],
    ['HALTED', 'HALT'],
  ])('in the settings file is told with the one that is meant: %s', (name, meant) => {
    expect(inFile(name)).toEqual([
      {
        setting: name,
        message: expect.stringMatching(
          new RegExp(`the settings file sets.*counts for nothing; did you mean \`${meant}\`\\?$`),
        ),
      },
    ]);
  });

  test.each(['SOMETHING_QUITE_DIFFERENT', '__proto__', 'constructor', 'toString'])(
    'in the settings file is told also when nothing is near: %s',
    (name) => {
      expect(inFile(name)).toEqual([{ setting: name, message: expect.stringMatching(/counts for nothing$/) }]);
    },
  );

  test.each([
    'AUTO_APROVE_LOW_RISK',
    'AUTO_APPROVE_LOW_RISKS',
    'VAULT_ULR',
    'vault_url',
    'AUTONOMUS_MODE',
    'STATE_DIRR',
  ])('in the environment is told when it is a slip away from a setting: %s', (name) => {
    expect(outside(name)).toEqual([
      { setting: name, message: expect.stringMatching(/the environment sets.*did you mean/) },
    ]);
  });

  test('in the environment rings for nobody when it is about another program', () => {
    const foreign = [
      ...[
        'PATH',
        'HOME',
        'HOST',
        'HOSTNAME',
        'LOGLEVEL',
        'VAULT_ADDR',
        'VAULT_URI',
        'SHELL',
        'SALT',
        'LANG',
        'TERM',
        'PWD',
        'TZ',
        'USER',
        'LOGNAME',
        'LS_COLORS',
      ],
      ...[
        'VAULT_ADDR',
        'VAULT_TOKEN',
        'VAULT_NAMESPACE',
        'VAULT_CACERT',
        'VAULT_CAPATH',
        'VAULT_SKIP_VERIFY',
        'VAULT_FORMAT',
      ],
      ...[
        'OPENAI_ORG_ID',
        'OPENAI_API_BASE',
        'OPENAI_API_VERSION',
        'OPENAI_ORGANIZATION',
        'OPENAI_PROJECT_ID',
        'OPENAI_API_TYPE',
      ],
      ...[
        'EXPORT_DIR',
        'CACHE_DIR',
        'XDG_STATE_HOME',
        'XDG_CACHE_HOME',
        'NODE_ENV',
        'NODE_OPTIONS',
        'LOG_FORMAT',
        'HTTP_PROXY',
      ],
      ...[
        'HTTPS_PROXY',
        'NO_PROXY',
        'npm_config_cache',
        'npm_lifecycle_event',
        'KUBERNETES_PORT',
        'INVOCATION_ID',
        'STATE_DIRECTORY',
      ],
    ];
    expect(outside(...foreign).map(({ setting }) => setting)).toEqual([]);
  });

  test('is never one of the settings themselves', () => {
    expect(inFile(...Object.keys(SETTINGS))).toEqual([]);
    expect(outside(...Object.keys(SETTINGS))).toEqual([]);
  });

  test('is told once when it stands in both', () => {
    expect(strangeNames(['VAULT_ULR'], { VAULT_ULR: 'x' })).toHaveLength(1);
  });
});
