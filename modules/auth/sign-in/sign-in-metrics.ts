import { defineCounter } from '#libs/metrics';

export const countSignIn = defineCounter({
  name: 'auth.sign_ins',
  unit: '{attempt}',
  description:
    'attempts to sign in by `password`, `passkey`, `provider` or `second-factor`: `succeeded`, `failed`, or `unfinished` without the second factor that the account has',
  attributes: ['method', 'outcome'],
});
