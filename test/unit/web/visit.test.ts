import { nextVisit } from '../../../src/web/visit';

const MINUTE = 60_000;

describe('a visit', () => {
  it('continues while the pauses are short, and keeps the end of the one before', () => {
    const first = nextVisit(null, 100, 0);
    expect(first).toEqual({ before: null, seen: 100, at: 0 });
    const again = nextVisit(first, 200, 29 * MINUTE);
    expect(again).toEqual({ before: null, seen: 200, at: 29 * MINUTE });
    const second = nextVisit(again, 300, 60 * MINUTE);
    expect(second).toEqual({ before: 200, seen: 300, at: 60 * MINUTE });
    expect(nextVisit(second, 400, 61 * MINUTE)).toEqual({ before: 200, seen: 400, at: 61 * MINUTE });
  });
});
