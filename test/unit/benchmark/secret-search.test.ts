import { SecretSearch } from '../../support/secret-search';

const search = new SecretSearch(['3f7a-token', '3f7a-other', "O'Vexworthy"]);

describe('the search for secrets', () => {
  it('finds each secret at any place, between any bytes', () => {
    const bytes = Buffer.concat([
      Buffer.of(0, 255, 10, 51),
      Buffer.from("3f7a-tokenO'Vexworthy"),
      Buffer.of(7),
    ]);
    expect(search.findIn(bytes)).toEqual(['3f7a-token', "O'Vexworthy"]);
    expect(search.findIn('x3f7a-other')).toEqual(['3f7a-other']);
  });

  it('does not find a text that only begins like a secret, or a cut secret', () => {
    expect(search.findIn('3f7a-toke 3f7a 3f7')).toEqual([]);
    expect(search.findIn('')).toEqual([]);
  });

  it('refuses a secret that is too short to search for', () => {
    expect(() => new SecretSearch(['abc'])).toThrow(RangeError);
  });
});
