/** A two-sided p-value; a small one as a power of ten. */
export function PValue({ p }: { p: number }) {
  if (p >= 0.001) return <>p = {p.toFixed(3)}</>;
  if (p === 0)
    return (
      <>
        p &lt; 10<sup>−300</sup>
      </>
    );
  const [mantissa, exponent] = p.toExponential(1).split("e");
  return (
    <>
      p = {mantissa} × 10<sup>{String(Number(exponent)).replace("-", "−")}</sup>
    </>
  );
}
