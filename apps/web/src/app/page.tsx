import { Overview } from "../components/overview/overview";
import { SuiteNav } from "../components/suite-nav";

// Every page shows the record as it is now.
export const dynamic = "force-dynamic";

export default function Home() {
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">
        How well do pretrained vision models transfer?
      </h1>
      <p className="mt-2 mb-6 max-w-3xl text-muted">
        The public record: every number with how it came to be, every board with what it is ranked by, and
        what predicts what.
      </p>
      <SuiteNav current="overview" />
      <Overview />
    </>
  );
}
