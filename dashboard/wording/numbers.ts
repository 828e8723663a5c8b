/** `1,861`. */
export function numberText(value: number): string {
  return value.toLocaleString('en-GB');
}

/** `1 cluster`, `81 clusters`. */
export function counted(count: number, thing: string, things = `${thing}s`): string {
  return `${numberText(count)} ${count === 1 ? thing : things}`;
}

/**
 * `14 %`: a share between 0 and 1. It rounds down, so that only all of it is 100 %, and says
 * `under 1 %` for what is little but there.
 */
export function shareText(share: number): string {
  if (share > 0 && share < 0.01) return 'under 1 %';
  return `${Math.floor(share * 100 + 1e-9)} %`;
}
