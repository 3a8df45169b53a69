/** A part of an address as it was meant: the router leaves escaped what has a meaning in addresses, as `:` and `/` have. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
