"use client";

/** Ties a plot's points to the rows of a table: hovering one marks the other. It draws nothing. */
import { useEffect } from "react";

export function PointLink() {
  useEffect(() => {
    const mark = (slug: string | null) => {
      for (const one of document.querySelectorAll("[data-point]")) {
        const on = slug !== null && one.getAttribute("data-point") === slug;
        if (on) one.setAttribute("data-hovered", "");
        else one.removeAttribute("data-hovered");
      }
    };
    const over = (event: Event) => {
      const target = event.target instanceof Element ? event.target.closest("[data-point]") : null;
      mark(target?.getAttribute("data-point") ?? null);
    };
    document.addEventListener("pointerover", over);
    document.addEventListener("focusin", over);
    return () => {
      document.removeEventListener("pointerover", over);
      document.removeEventListener("focusin", over);
    };
  }, []);
  return null;
}
