"use client";

/**
 * A form whose every change is in the address at once, with nothing to press. Without script it is a plain GET form with
 * a button.
 */
import { useRouter, useSearchParams } from "next/navigation";
import { type ReactNode, useRef, useTransition } from "react";
import { changed, KeptParams } from "./live-link";

export function AutoForm(props: {
  /** What the form asks for; all else of the address stays. */
  names: readonly string[];
  /** Taken away by every change, such as the cursor of a page. */
  drop?: readonly string[];
  label?: string;
  className?: string;
  children: ReactNode;
}) {
  const router = useRouter();
  const search = useSearchParams();
  const form = useRef<HTMLFormElement>(null);
  const [waiting, begin] = useTransition();
  const apply = () => {
    if (!form.current) return;
    const given = new FormData(form.current);
    const changes = Object.fromEntries(
      props.names.map((name) => [
        name,
        given.getAll(name).map(String).filter(Boolean).join(",") || undefined,
      ]),
    );
    const dropped = Object.fromEntries((props.drop ?? []).map((name) => [name, undefined]));
    begin(() => router.replace(changed(search, { ...changes, ...dropped }), { scroll: false }));
  };
  return (
    <form
      ref={form}
      method="get"
      aria-label={props.label}
      aria-busy={waiting}
      className={props.className}
      onChange={(event) => {
        // Text is applied when it is finished: by Enter or on leaving the field.
        const field = event.target as unknown as HTMLInputElement;
        if (field.type !== "text" && field.type !== "number" && field.type !== "search") apply();
      }}
      onBlur={(event) => {
        const field = event.target as unknown as HTMLInputElement;
        if ((field.type === "text" || field.type === "number") && field.value !== field.defaultValue) apply();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      {props.children}
      <KeptParams except={[...props.names, ...(props.drop ?? [])]} />
      <noscript>
        <button type="submit" className="button button-primary">
          Show
        </button>
      </noscript>
    </form>
  );
}
