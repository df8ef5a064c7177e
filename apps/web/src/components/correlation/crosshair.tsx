"use client";

/** Marks the heading of the column and the row whose cell is hovered or focused. It draws nothing. */
import { useEffect } from "react";

export function Crosshair() {
  useEffect(() => {
    const mark = (event: Event) => {
      const cell =
        event.target instanceof Element
          ? event.target.closest<HTMLTableCellElement>(".matrix tbody td")
          : null;
      for (const one of document.querySelectorAll(".matrix [data-crossed]"))
        one.removeAttribute("data-crossed");
      if (!cell) return;
      const column = cell.cellIndex - 1;
      document.querySelector(`.matrix [data-column="${column}"]`)?.setAttribute("data-crossed", "");
      cell.parentElement?.querySelector("th")?.setAttribute("data-crossed", "");
    };
    document.addEventListener("pointerover", mark);
    document.addEventListener("focusin", mark);
    return () => {
      document.removeEventListener("pointerover", mark);
      document.removeEventListener("focusin", mark);
    };
  }, []);
  return null;
}
