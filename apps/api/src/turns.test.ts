import { expect, it } from "vitest";
import { turn } from "./turns.ts";

/** Counts rounds of the event loop until told to stop. */
function countRounds() {
  const state = { round: 0, going: true };
  const next = () => {
    state.round++;
    if (state.going) setImmediate(next);
  };
  setImmediate(next);
  return state;
}

it("lets one piece of work a round of the event loop run, in the order of asking", async () => {
  const rounds = countRounds();
  const ran: [piece: number, round: number][] = [];
  const piece = async (i: number) => {
    await turn();
    ran.push([i, rounds.round]);
  };
  await Promise.all(Array.from({ length: 20 }, (_, i) => piece(i)));
  rounds.going = false;
  expect(ran.map(([i]) => i)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(new Set(ran.map(([, round]) => round)).size).toBe(20);
});

it("makes whoever asks for another turn wait for the others' first, and for a round where there are none", async () => {
  const ran: string[] = [];
  const long = async (name: string) => {
    for (let at = 0; at < 3; at++) {
      await turn();
      ran.push(`${name}${at}`);
    }
  };
  await Promise.all([long("a"), long("b")]);
  expect(ran).toEqual(["a0", "b0", "a1", "b1", "a2", "b2"]);
  const rounds = countRounds();
  const alone: number[] = [];
  for (let at = 0; at < 3; at++) {
    await turn();
    alone.push(rounds.round);
  }
  rounds.going = false;
  expect(new Set(alone).size).toBe(3);
});
