import { parsePartners } from '../../../src/partner/config/partners-file';
import { FAMILY } from '../../../src/simulator/family/family';
import { readText } from './pages';

const EXAMPLE = 'docs/examples/partners.yaml';

/** The variables that the page of the simulator sets. */
const environment = Object.fromEntries(
  [...readText('docs/simulator.md').matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name = '', value]) => [
    name,
    value,
  ]),
);

describe('the example of partners.yaml', () => {
  const partners = parsePartners(readText(EXAMPLE), environment, EXAMPLE);

  it('has Noteworth and the partners that the simulator serves, with no variable but those of its page', () => {
    expect([...partners.keys()].sort()).toEqual([...Object.keys(FAMILY), 'noteworth'].sort());
  });

  it('has Noteworth as partners.yaml has it', () => {
    const { noteworth } = Object.fromEntries(parsePartners(readText('partners.yaml'), environment));
    expect(partners.get('noteworth')).toEqual(noteworth);
  });

  it.each(Object.entries(FAMILY))('reads %s below its base path and in its format', (name, served) => {
    const partner = partners.get(name);
    expect(partner?.baseUrl).toBe(`http://127.0.0.1:4010/${name}`);
    expect(partner?.providers).toMatchObject({ path: served.path, format: served.format });
    const keys = served.paging.kind === 'none' ? [] : [served.paging.kind];
    expect(Object.keys(partner?.providers.next ?? {})).toEqual(keys);
  });
});
