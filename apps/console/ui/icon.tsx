/** Drawn here, and in the colour of the text around: an icon says nothing that the words beside it do not. */
const shapes = {
  queued: <circle cx="8" cy="8" r="5.25" fill="none" stroke-dasharray="2.2 2" />,
  dispatched: <circle cx="8" cy="8" r="5.25" fill="none" />,
  running: (
    <>
      <circle cx="8" cy="8" r="5.25" fill="none" />
      <path d="M8 4.9A3.1 3.1 0 0 1 8 11.1Z" stroke="none" fill="currentColor" />
    </>
  ),
  good: (
    <>
      <circle cx="8" cy="8" r="6" stroke="none" fill="currentColor" />
      <path class="knockout" d="m5.2 8.2 2 2 3.6-4" fill="none" />
    </>
  ),
  bad: (
    <>
      <circle cx="8" cy="8" r="6" stroke="none" fill="currentColor" />
      <path class="knockout" d="m5.8 5.8 4.4 4.4m0-4.4-4.4 4.4" />
    </>
  ),
  warning: (
    <>
      <path d="M8 2 14.6 13.4H1.4Z" stroke="none" fill="currentColor" />
      <path class="knockout" d="M8 6.2v3.2m0 1.6v.2" />
    </>
  ),
  cancelled: (
    <>
      <circle cx="8" cy="8" r="5.25" fill="none" />
      <path d="m4.6 11.4 6.8-6.8" />
    </>
  ),
  paused: <path d="M5.5 3.5v9m5-9v9" stroke-width="2.2" />,
  play: <path d="M5 3.4v9.2L12.6 8Z" fill="currentColor" />,
  search: (
    <>
      <circle cx="7" cy="7" r="4.2" fill="none" />
      <path d="m10.2 10.2 3.4 3.4" />
    </>
  ),
  menu: <path d="M2.5 4.5h11m-11 3.5h11m-11 3.5h11" />,
  copy: <path d="M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8Z" fill="none" />,
  sun: (
    <>
      <circle cx="8" cy="8" r="2.8" fill="none" />
      <path d="M8 1.4v1.8m0 9.6v1.8M1.4 8h1.8m9.6 0h1.8M3.3 3.3l1.3 1.3m6.8 6.8 1.3 1.3m0-9.4-1.3 1.3m-6.8 6.8-1.3 1.3" />
    </>
  ),
  close: <path d="m4 4 8 8m0-8-8 8" />,
};
export type IconName = keyof typeof shapes;

export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    {shapes[name]}
  </svg>
);
