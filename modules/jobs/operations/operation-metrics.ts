import { defineCounter } from '#libs/metrics';

export const countCancelled = defineCounter({
  name: 'jobs.cancelled',
  unit: '{job}',
  description: 'cancellations asked for',
  attributes: ['job'],
});
