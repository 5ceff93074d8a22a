import { defineProblem } from '#libs/problem';

export class JobFailed extends defineProblem({
  kind: 'internal',
  code: 'jobs.failed',
  title: 'The job failed',
  help: 'Something went wrong on our side, and several attempts did not help. Support can find the reason by the id of the job.',
}) {}

export class JobTimedOut extends defineProblem({
  kind: 'unavailable',
  code: 'jobs.timed-out',
  title: 'The job took too long',
  help: 'It was stopped and tried again, without success. Ask for less at once.',
}) {}

export class JobUnreadable extends defineProblem({
  kind: 'invalid',
  code: 'jobs.unreadable',
  title: 'The job cannot be read',
  help: 'What the job carries does not fit the version of the application that is running.',
}) {}

export class TooManyOperations extends defineProblem({
  kind: 'limited',
  code: 'jobs.too-many-waiting',
  title: 'Too many of your jobs are waiting',
  help: 'Wait until one of them is finished, or cancel one: DELETE /v1/jobs/{id}. Then send the request again.',
}) {}

export class ResultStorageFull extends defineProblem({
  kind: 'limited',
  code: 'jobs.storage-full',
  title: 'The results of your jobs take too much space',
  help: 'Files are deleted after 7 days. Wait until the oldest expires, which is after the seconds that Retry-After names, or ask for less at once.',
}) {}
