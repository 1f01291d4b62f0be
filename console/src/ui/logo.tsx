/** The mark: a lane that turns, and somebody standing at its end. */
export function Logo({ sizePx = 32 }: { sizePx?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={sizePx} height={sizePx} aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#16323b" />
      <path
        d="M10 24V9h13M10 16.5h9"
        fill="none"
        stroke="#7fd1c7"
        strokeWidth="3.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      <circle cx="23" cy="22.6" r="2.6" fill="#f3c969" />
    </svg>
  );
}
