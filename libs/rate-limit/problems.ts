import { defineProblem } from '#libs/problem';

export class LimitsUnavailable extends defineProblem({
  kind: 'unavailable',
  code: 'rate-limit.unavailable',
  title: 'Requests cannot be counted',
  help: 'Where guessing would pay, nothing passes uncounted. Nothing was changed: send the request again after the seconds that Retry-After names.',
}) {}
