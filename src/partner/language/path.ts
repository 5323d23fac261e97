import type { Json } from '../../contract/answer';

/** A place in an answer or in a record, compiled from a text such as `name.first` or `entry.0.resource`. */
export interface Path {
  /** The value at this place; undefined if there is none. */
  read(root: Json): Json | undefined;
  /** The keys that lead to the value in this root; undefined if there is none. */
  locate(root: Json): readonly string[] | undefined;
}

/**
 * Compiles keys joined by dots. An item of a list has its index as key, from 0. At each level, a key that is equal to
 * the whole rest of the text comes first, so that `@odata.nextLink` and `First Name` can be written as they are. Only
 * own properties are read.
 */
export function compilePath(text: string): Path {
  if (!text.includes('.')) {
    return {
      read: (root) => (hasKey(root, text) ? root[text] : undefined),
      locate: (root) => (hasKey(root, text) ? [text] : undefined),
    };
  }
  const keys = text.split('.');
  const rests = keys.map((_, level) => keys.slice(level).join('.'));

  function walk(root: Json, trail?: string[]): Json | undefined {
    let node = root;
    for (let level = 0; level < keys.length; level += 1) {
      const rest = rests[level] as string;
      const key = hasKey(node, rest) ? rest : (keys[level] as string);
      if (!hasKey(node, key)) return undefined;
      trail?.push(key);
      node = node[key] as Json;
      if (key === rest) break;
    }
    return node;
  }

  return {
    read: (root) => walk(root),
    locate(root) {
      const trail: string[] = [];
      return walk(root, trail) === undefined ? undefined : trail;
    },
  };
}

const INDEX = /^(?:0|[1-9]\d{0,9})$/;

/** A list has its indexes as keys; its other properties, such as `length`, are no keys. */
function hasKey(node: Json, key: string): node is { [key: string]: Json } {
  if (node === null || typeof node !== 'object') return false;
  return Object.hasOwn(node, key) && (!Array.isArray(node) || INDEX.test(key));
}
