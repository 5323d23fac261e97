import type { SimulatedCall } from '../call-log';
import { FAMILY, type FamilyName } from './family';
import { Member } from './member';
import type { MemberChange } from './member-settings';
import type { PageScript } from './page-script';
import type { PageFaultName } from './page-steps';

/** The simulated partners beside Noteworth, by name. */
export type Family = Readonly<Record<FamilyName, Member>>;

/** A simulated partner beside Noteworth. */
export interface SimulatedMember {
  /** The base address, such as `http://127.0.0.1:4010/acme`. */
  readonly url: string;
  /** The calls in order of arrival; the last `maxCallsKept` of them. */
  readonly calls: readonly SimulatedCall<PageFaultName>[];
  /** Changes the given settings. Throws an ExpectedError if one is wrong. */
  configure(settings: MemberChange): void;
  /**
   * Sets how to answer the next calls to an endpoint, or the next calls for one page, and replaces the rest of an
   * earlier script. Throws an ExpectedError if a step is wrong.
   */
  script(script: PageScript): void;
  /** Forgets calls, scripts and tokens; settings stay. */
  reset(): void;
}

export type SimulatedFamily = Readonly<Record<FamilyName, SimulatedMember>>;

/**
 * @param maxCallsKept how many calls each partner keeps
 * @param onToken called with each new token
 */
export function createFamily(maxCallsKept: number, onToken?: (token: string) => void): Family {
  const members = Object.entries(FAMILY).map(([name, description]) => [
    name,
    new Member(`/${name}`, description, maxCallsKept, onToken),
  ]);
  return Object.fromEntries(members) as Family;
}

/** The partner whose base path the path begins with. */
export function memberOf(family: Family, path: string): Member | undefined {
  const [, name = ''] = path.split('/', 2);
  return Object.hasOwn(family, name) ? family[name as FamilyName] : undefined;
}

/** The partners as a program sees them that has started the simulator at this origin. */
export function showFamily(family: Family, origin: string): SimulatedFamily {
  const shown = Object.values(family).map((member): [string, SimulatedMember] => [
    member.basePath.slice(1),
    {
      url: `${origin}${member.basePath}`,
      get calls() {
        return member.calls;
      },
      configure: (change) => member.configure(change),
      script: (script) => member.script(script),
      reset: () => member.reset(),
    },
  ]);
  return Object.fromEntries(shown) as SimulatedFamily;
}
