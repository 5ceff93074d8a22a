/** `npm run test:faults` does everything often, with the times of production; `npm test` does everything once. */
export const isLong = process.env.FAULTS === 'long';

/** The part of the long form that is asked for: CI has less time than a person. */
const share = Number(process.env.FAULT_SHARE ?? 1);

/** How often to do something: once or a few times in the short form. */
export const sized = (short: number, long: number) =>
  isLong ? Math.max(short, Math.ceil(long * share)) : short;
