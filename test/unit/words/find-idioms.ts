import { IDIOMS } from './idioms';

/** A break between two words: within a line, or between two lines of a comment. */
const GAP = String.raw`\s+(?:(?:\*|//|>)\s+)?`;

const RULES = IDIOMS.map(({ pattern, instead }) => ({
  expression: new RegExp(String.raw`(?<!\w)(?:${pattern.replaceAll(' ', GAP)})(?!\w)`, 'gi'),
  instead,
}));

/** @returns one line for each idiom in the text, such as `12: "goes on", write: is running` */
export function findIdioms(text: string): string[] {
  return RULES.flatMap(({ expression, instead }) =>
    [...text.matchAll(expression)].map((match) => ({
      line: lineOf(text, match.index),
      words: match[0],
      instead,
    })),
  )
    .sort((a, b) => a.line - b.line)
    .map(({ line, words, instead }) => `${line}: "${words.replace(/\s+/g, ' ')}", write: ${instead}`);
}

/** @returns a Markdown file's own words: no code, and no text that is generated from code; lines keep their numbers */
export function withoutCode(markdown: string): string {
  const elsewhere = /<!-- generated[\s\S]*?<!-- end -->|```[\s\S]*?```|`[^`\n]*`/g;
  return markdown.replace(elsewhere, (code) => code.replace(/[^\n]/g, ' '));
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
