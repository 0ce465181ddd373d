import type { Said } from '@/shared/data/live';

export interface Speed {
  /** Milliseconds from the call to its first piece of text. */
  firstToken: number | null;
  tokensPerSecond: number | null;
  /** The tokens are not counted yet: four characters are taken for one. */
  estimated: boolean;
}

const charactersPerToken = 4;
const shortest = 200;

/** How fast a model speaks, as far as its pieces tell. */
export function speedOf(said: Said, outputTokens: number | null): Speed {
  const { beganAt, firstAt, latestAt, text } = said;
  const length = firstAt !== null && latestAt !== null ? latestAt - firstAt : 0;
  const tokens = outputTokens ?? text.length / charactersPerToken;
  return {
    firstToken: beganAt !== null && firstAt !== null ? Math.max(0, firstAt - beganAt) : null,
    tokensPerSecond: length >= shortest ? (tokens * 1_000) / length : null,
    estimated: outputTokens === null,
  };
}
