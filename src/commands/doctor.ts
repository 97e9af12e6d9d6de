import { command } from './command.ts';

export const doctor = command({
  name: 'doctor',
  about:
    'looks at settings, vault, token, model, mail, policy and state folder in one pass, and says what to do; changes nothing',
  options: {
    ask: {
      flags: '--ask',
      about: 'also fetch the secrets that are in the vault (files credential requests, gives them back), and try them',
    },
    sendTestMail: {
      flags: '--send-test-mail',
      about: 'also send one mail, marked as a test, to the recipients (with `--ask` where its secret is in the vault)',
    },
    json: { flags: '--json', about: 'print the result as one JSON document on stdout' },
  },
  async run(context, given) {
    const { doctorCommand } = await import('./handlers/doctor.ts');
    return doctorCommand(context, given);
  },
});
