import { type Document, isMap, isNode, isScalar, isSeq, type LineCounter } from 'yaml';
import type { Mistake, Position } from './mistake';

/** Where a mistake stands in the text of a YAML file. If a value is missing, where the object stands that lacks it. */
export function locate(document: Document, lines: LineCounter, { path, isInKey }: Mistake): Position {
  for (let length = path.length; length > 0; length -= 1) {
    const offset = offsetOf(document, path.slice(0, length), isInKey === true);
    if (offset !== undefined) {
      const { line, col } = lines.linePos(offset);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}

/** The offset of a scalar, or of the key of an object or a list. */
function offsetOf(document: Document, path: readonly PropertyKey[], isInKey: boolean): number | undefined {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  const key = path.at(-1);
  if (!isMap(parent)) return isSeq(parent) ? startOf(parent.get(Number(key), true)) : undefined;
  const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  if (pair === undefined) return undefined;
  return !isInKey && isScalar(pair.value) && pair.value.value !== null
    ? startOf(pair.value)
    : startOf(pair.key);
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
