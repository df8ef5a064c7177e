"use client";

/**
 * Cards on hover and focus: what a column is, who a method is, where a value comes from. One listener for the whole page;
 * an element says what its card holds in `data-card`, so that a table of a thousand cells ships no script of its own.
 */
import { useEffect, useState } from "react";

interface Card {
  readonly title: string;
  readonly lines: readonly string[];
  readonly left: number;
  readonly top: number;
  readonly above: boolean;
}

const width = 320;

function cardOf(element: Element): Card | null {
  const text = element.getAttribute("data-card");
  if (!text) return null;
  const [title = "", ...lines] = text.split("\n").filter(Boolean);
  const box = element.getBoundingClientRect();
  const above = box.bottom + 180 > window.innerHeight && box.top > 200;
  return {
    title,
    lines,
    above,
    left: Math.max(8, Math.min(box.left, window.innerWidth - width - 8)),
    top: above ? box.top - 6 : box.bottom + 6,
  };
}

export function Cards() {
  const [card, setCard] = useState<Card | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let current: Element | null = null;
    const hide = () => {
      clearTimeout(timer);
      current = null;
      setCard(null);
    };
    const show = (event: Event) => {
      const target = event.target instanceof Element ? event.target.closest("[data-card]") : null;
      if (target === current) return;
      clearTimeout(timer);
      current = target;
      if (!target) return setCard(null);
      timer = setTimeout(() => setCard(cardOf(target)), event.type === "focusin" ? 0 : 120);
    };
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && hide();
    document.addEventListener("pointerover", show);
    document.addEventListener("focusin", show);
    document.addEventListener("focusout", hide);
    document.addEventListener("keydown", onKey);
    window.addEventListener("scroll", hide, true);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointerover", show);
      document.removeEventListener("focusin", show);
      document.removeEventListener("focusout", hide);
      document.removeEventListener("keydown", onKey);
      window.removeEventListener("scroll", hide, true);
    };
  }, []);
  if (!card) return null;
  return (
    <div
      role="tooltip"
      className="pointer-events-none fixed z-50 rounded-md border border-line bg-ground p-3 text-xs leading-5 shadow-lg"
      style={{
        width,
        left: card.left,
        top: card.top,
        transform: card.above ? "translateY(-100%)" : undefined,
      }}
    >
      <p className="text-sm font-semibold">{card.title}</p>
      {card.lines.map((line) => (
        <p key={line} className="break-words text-muted">
          {line}
        </p>
      ))}
    </div>
  );
}
