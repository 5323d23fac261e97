interface Names {
  readonly givenName: string | null;
  readonly familyName: string | null;
}

/** For example `Olga Hernandez`; empty without any name. */
export function fullName({ givenName, familyName }: Names): string {
  return [givenName, familyName].filter(Boolean).join(' ');
}

/** The name as lists show it, which are sorted by family names: `Hernandez, Olga`. */
export function sortedName({ givenName, familyName }: Names): string {
  return [familyName, givenName].filter(Boolean).join(', ');
}
