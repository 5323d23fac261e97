import { isSupportedNode } from '../../../src/process/node-versions';

describe('the version of Node', () => {
  it.each([
    '20.20.0',
    '20.20.1',
    '20.100.0',
    '22.13.0',
    '22.22.3',
    '24.11.0',
    '24.100.0',
    '25.0.0',
    '100.0.0',
  ])('may be %s', (version) => {
    expect(isSupportedNode(version)).toBe(true);
  });

  it.each(['4.9.1', '18.20.8', '20.19.9', '21.7.3', '22.9.0', '22.12.0', '23.11.1', '24.10.0', '24.9.0'])(
    'may not be %s',
    (version) => {
      expect(isSupportedNode(version)).toBe(false);
    },
  );

  it('is the one that runs this test', () => {
    expect(isSupportedNode(process.versions.node)).toBe(true);
  });

  it('has only rules of the known forms', () => {
    expect(isSupportedNode('22.5.0', '^22.5.0')).toBe(true);
    expect(() => isSupportedNode('22.5.0', '~22.5.0')).toThrow('unknown rule: ~22.5.0');
  });
});
