const second = 1000;

/** The slots that stand in labels of the sample schedules, the oldest first. */
export function slotsIn(labels: { label: string }[]): string[] {
  return labels.map(({ label }) => label.split(' ')[1]!).toSorted();
}

/** All seconds from the first of the slots to the last. */
export function everySecondOf(slots: string[]): string[] {
  const [first, last] = [Date.parse(slots[0]!), Date.parse(slots.at(-1)!)];
  return Array.from({ length: (last - first) / second + 1 }, (_, n) =>
    new Date(first + n * second).toISOString(),
  );
}
