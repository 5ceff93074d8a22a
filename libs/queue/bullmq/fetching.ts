/** Seconds between two fetches of an idle worker: each is a heartbeat. */
export const fetchEvery = 5;
