import { defineCounter } from '#libs/observability';

export const countCancelled = defineCounter({
  name: 'jobs.cancelled',
  unit: '{job}',
  description: 'cancellations asked for',
  attributes: ['job'],
});
