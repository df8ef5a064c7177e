"use client";

/**
 * Makes the page anew every two seconds while somebody looks at it. Polling, and no stream of events: a proxy in front may
 * hold a stream back until it ends (nginx does unless told), a browser opens six connections to a host, so that six open
 * tabs would block the site, and two seconds are soon enough for work that takes minutes. Without scripts the page stands.
 */
import { useRouter } from "next/navigation";
import { useEffect } from "react";

const everyMs = 2_000;

export function Refreshing() {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") router.refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, [router]);
  return null;
}
