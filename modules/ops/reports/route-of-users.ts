/** Routes of probes, of operators and of streams. */
const ofOthers = /^\/(health|metrics|v1\/ops|console|dev)(\/|$)|\/events$/;

/** Returns whether the requests of a route are requests of users, which should be fast and succeed. */
export const isRouteOfUsers = (route: string) => !ofOthers.test(route);
