/** True in `npm run test:faults`, which repeats tests often and with the times of production; `npm test` must end sooner. */
export const isLong = process.env.FAULTS === 'long';

export const sized = (short: number, long: number) => (isLong ? long : short);
