"use client";

/**
 * Links and forms that change one thing of the address and keep all the rest as it is now: what the browser changed
 * since the page was made counts too.
 */
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import type { ComponentProps, ReactNode } from "react";

type Changes = Readonly<Record<string, string | undefined>>;

/** The query string with some values changed; undefined and "" remove. Starts with "?" also when empty. */
export function changed(search: URLSearchParams | string | null, changes: Changes): string {
  const params = new URLSearchParams(search?.toString() ?? "");
  for (const [name, value] of Object.entries(changes)) {
    if (value) params.set(name, value);
    else params.delete(name);
  }
  return `?${params}`;
}

/** Changes the address without asking the server: for what the browser draws itself. */
export function showHere(search: string): void {
  window.history.replaceState(null, "", `${window.location.pathname}${search}`);
}

/** What `set` removes is "": an undefined value that a server component gives does not arrive in the browser's. */
export function LiveLink({
  set,
  children,
  ...rest
}: { set: Readonly<Record<string, string>>; children: ReactNode } & Omit<
  ComponentProps<typeof Link>,
  "href"
>) {
  const search = useSearchParams();
  return (
    <Link scroll={false} prefetch={false} {...rest} href={changed(search, set)}>
      {children}
    </Link>
  );
}

/** A form's hidden fields: all of the address but what the form itself asks for. */
export function KeptParams({ except }: { except: readonly string[] }) {
  const search = useSearchParams();
  return [...new URLSearchParams(search?.toString() ?? "")]
    .filter(([name]) => !except.includes(name))
    .map(([name, value]) => <input key={`${name} ${value}`} type="hidden" name={name} value={value} />);
}

/** A download that keeps to the view: `fixed` as the server knows it, `follow` as the address has it now. */
export function LiveDownload(props: {
  path: string;
  fixed: Changes;
  follow: readonly string[];
  file: string;
  children: ReactNode;
  className?: string;
}) {
  const search = useSearchParams();
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(props.fixed)) if (value) params.set(name, value);
  for (const name of props.follow) {
    const value = search?.getAll(name).join(",");
    if (value) params.set(name, value);
  }
  return (
    <a className={props.className} href={`${props.path}?${params}`} download={props.file}>
      {props.children}
    </a>
  );
}
