/** The character encodings that are read. As in browsers, ISO-8859-1 is read as windows-1252. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1'] as const;
export type Encoding = (typeof ENCODINGS)[number];
