const PATHS = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4 4l8 8M12 4l-8 8',
  turn: 'M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3',
  skip: 'M4 4l4 4-4 4M11 4v8',
  stop: 'M4.5 4.5h7v7h-7z',
  warning: 'M8 3v6M8 12.500v.2',
  question: 'M6 6a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1V9.500M8 12v.2',
  unequal: 'M3 6h10M3 10h10M10.500 3l-5 10',
  arrow: 'M3 8h10M9 4l4 4-4 4',
} as const;

export type IconName = keyof typeof PATHS;

/** A decoration beside a word. It adds no meaning of its own, so screen readers skip it. */
export function Icon({ name, size = 14 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
