/** The address of a page or list with the parameters that are given. */
export function addressWith(path: string, query: object): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/** The runs of the last 24 hours, and why some of them failed. */
export const LAST_NIGHT = addressWith('/runs', { started: '24h' });

/** A partner on the page of the partners. */
export function partnerAddress(name: string): string {
  return `/partners#${name}`;
}

/** The rejected records of one person with the same fault. */
export function groupAddress(id: string): string {
  return addressWith('/rejected-records', { group: id });
}
