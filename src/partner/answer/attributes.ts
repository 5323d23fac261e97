import type { Json } from '../../contract/answer';
import type { Partner } from '../config/partner';
import { compilePath } from '../language/path';
import { isComputed } from '../language/value';

export type JsonObject = { [key: string]: Json };

/**
 * Creates the function that takes the attributes from a record: the record without the places that paths of `fields`
 * name, and without those of `ignore`. Expressions remove nothing. An object or a list that becomes empty is removed
 * too. An item that is removed from a list leaves null, so that the paths to the other items stay the same.
 */
export function createAttributes({ fields, ignore }: Partner): (record: JsonObject) => JsonObject {
  const places = [...Object.values(fields), ...ignore].filter(
    (text): text is string => text !== undefined && !isComputed(text),
  );
  const keys = new Set(places);
  const paths = places.filter((text) => text.includes('.')).map(compilePath);

  return (record) => {
    const kept: [string, Json][] = [];
    for (const key in record) if (!keys.has(key)) kept.push([key, record[key] as Json]);
    let attributes = Object.fromEntries(kept);
    for (const path of paths) {
      const trail = path.locate(attributes);
      if (trail) attributes = (without(attributes, trail) ?? {}) as JsonObject;
    }
    return attributes;
  };
}

/** A copy of the value without the place that the keys lead to; undefined if nothing is left. */
function without(value: Json, [key = '', ...rest]: readonly string[]): Json | undefined {
  if (Array.isArray(value)) {
    const items = value.map((item, index) =>
      index === Number(key) ? (rest.length > 0 ? (without(item, rest) ?? null) : null) : item,
    );
    return items.some((item) => item !== null) ? items : undefined;
  }
  const { [key]: removed, ...others } = value as JsonObject;
  const left = rest.length > 0 ? without(removed as Json, rest) : undefined;
  const entries = left === undefined ? Object.entries(others) : Object.entries({ ...others, [key]: left });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}
