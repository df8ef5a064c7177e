/**
 * How often a test repeats itself. `npm test` takes the few, enough to find a planted fault within minutes on two cores;
 * `npm run test:full` sets TRANSFERBOARD_TEST=full and takes them all.
 */
export const isFull = process.env.TRANSFERBOARD_TEST === "full";

/** `few` in `npm test`, `all` in `npm run test:full`. */
export const count = (few: number, all: number): number => (isFull ? all : few);
