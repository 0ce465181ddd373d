import { expect, it } from 'vitest';
import { nothingSaid } from '@/shared/data/live';
import { speedOf } from './speed';

const said = { ...nothingSaid, attempt: 1, text: 'x'.repeat(400), beganAt: 1_000, firstAt: 1_250, latestAt: 3_250 };

it('counts from the first piece to the latest, by estimate until the tokens are known', () => {
  expect(speedOf(said, null)).toEqual({ firstToken: 250, tokensPerSecond: 50, estimated: true });
  expect(speedOf(said, 80)).toEqual({ firstToken: 250, tokensPerSecond: 40, estimated: false });
});

it('says nothing of an answer that came in one piece, or of which no event is kept', () => {
  expect(speedOf({ ...said, latestAt: 1_250 }, 80).tokensPerSecond).toBeNull();
  expect(speedOf(nothingSaid, 80)).toEqual({ firstToken: null, tokensPerSecond: null, estimated: false });
});
