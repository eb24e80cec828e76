type BrandProps = { size?: number };

/** Draws a catwalk seen from its end, with its center line lit. */
export function BrandMark({ size = 24 }: BrandProps) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <path d="M4 20 9 5h6l5 15" stroke="currentColor" strokeWidth="2" strokeLinecap="round" strokeLinejoin="round" />
      <path d="M12 20v-2.6M12 13.6V11" stroke="var(--cw-accent)" strokeWidth="2" strokeLinecap="round" />
    </svg>
  );
}
