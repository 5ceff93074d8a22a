const width = 120;
const height = 22;

/** An hour in the size of a word. The figure beside it says what it is; this says only how it came there. */
export function Sparkline({ values }: { values: (number | null)[] }) {
  // One value has no course.
  if (values.filter((value) => value !== null).length < 2) return <span />;
  const top = Math.max(...values.map((value) => value ?? 0), 0) || 1;
  let isPen = false;
  const path = values
    .map((value, index) => {
      if (value === null) {
        isPen = false;
        return '';
      }
      const x = (index / Math.max(1, values.length - 1)) * width;
      const y = height - 2 - (value / top) * (height - 4);
      const step = `${isPen ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
      isPen = true;
      return step;
    })
    .join('');
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={path} fill="none" vector-effect="non-scaling-stroke" />
    </svg>
  );
}
