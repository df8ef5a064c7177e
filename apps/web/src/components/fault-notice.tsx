/** What of the address cannot be read, in place of a view that would show something else. */
import Link from "next/link";

export function FaultNotice(props: { faults: readonly string[]; what: string; without: string }) {
  return (
    <div role="alert" className="mb-4 max-w-3xl rounded border border-fault bg-raised p-3 text-sm">
      <p>
        {props.what} cannot be shown.{" "}
        {props.faults.length === 1
          ? "A value in the address is not valid:"
          : `${props.faults.length} values in the address are not valid:`}
      </p>
      <ul className="mt-2 list-disc pl-5">
        {props.faults.map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ul>
      <p className="mt-2">
        <Link className="link" href={props.without} prefetch={false}>
          Show it without filters
        </Link>
      </p>
    </div>
  );
}
