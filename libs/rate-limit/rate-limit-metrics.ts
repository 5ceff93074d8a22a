import { defineCounter } from '#libs/metrics';

export const countRefused = defineCounter({
  name: 'rate_limit.refused',
  unit: '{request}',
  description: 'requests that were refused with 429, by the policy that was used up',
  attributes: ['policy'],
});
