import { expect, it } from "vitest";
import { pageSize } from "./paging.ts";

it("gives narrow boards the most rows that the API has, wide ones a page that is soon drawn", () => {
  expect(pageSize(1)).toBe(200);
  expect(pageSize(11)).toBe(136);
  expect(pageSize(60)).toBe(25);
  expect(pageSize(500)).toBe(25);
  expect(pageSize(0)).toBe(200);
});
