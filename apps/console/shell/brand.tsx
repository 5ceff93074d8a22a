export const Brand = () => (
  <p class="brand">
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <rect width="16" height="16" rx="4" fill="var(--accent-fill)" />
      <path
        d="M4 12V4l4 5 4-5v8"
        fill="none"
        stroke="var(--on-fill)"
        stroke-width="1.8"
        stroke-linejoin="round"
        stroke-linecap="round"
      />
    </svg>
    Mainstay
  </p>
);
