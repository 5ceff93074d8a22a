/** `npm run test:faults` does everything often, and with the times of production; `npm test` wants an answer sooner. */
export const isLong = process.env.FAULTS === 'long';

export const sized = (short: number, long: number) => (isLong ? long : short);
