import { engines } from './package-root';

/** One version with the operator before it, as in `^22.13.0`. */
const RULE = /^(\^|>=)(\d+)\.\d+\.\d+$/;

/**
 * Whether the rule in package.json accepts this version of Node.
 *
 * @param rules versions after `^` or `>=`, joined with `||`
 */
export function isSupportedNode(version: string, rules: string = engines.node): boolean {
  return rules.split(' || ').some((rule) => {
    const [, operator, major] = RULE.exec(rule) ?? [];
    if (operator === undefined) throw new Error(`engines.node in package.json has an unknown rule: ${rule}`);
    const least = rule.slice(operator.length);
    const isLateEnough = version.localeCompare(least, 'en', { numeric: true }) >= 0;
    return isLateEnough && (operator === '>=' || version.split('.')[0] === major);
  });
}
