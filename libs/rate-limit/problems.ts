import { defineProblem } from '#libs/problem';

export class LimitsUnavailable extends defineProblem({
  kind: 'unavailable',
  code: 'rate-limit.unavailable',
  title: 'Requests cannot be counted',
  help: 'Requests that could guess a secret are refused while they cannot be counted. Nothing was changed: send the request again after the seconds that Retry-After names.',
}) {}
