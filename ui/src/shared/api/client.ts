import createClient from 'openapi-fetch';
import type { components, paths } from '@generated/api';
import { ApiError, fromEnvelope } from './error';
import { identify } from './identity';

export type Schemas = components['schemas'];

/** The only way to the server. Its types are the API document: a break of the contract does not compile. */
export const api = createClient<paths>({ baseUrl: '/', fetch: send });

async function send(request: Request): Promise<Response> {
  identify(request);
  try {
    return await fetch(request);
  } catch (problem) {
    if (problem instanceof DOMException && problem.name === 'AbortError') {
      throw problem;
    }
    throw new ApiError(0, 'network', 'the server does not answer', null);
  }
}

type Result<T> = { data?: T; error?: unknown; response: Response };

/** The answer itself, or an ApiError. */
export async function unwrap<T>(call: Promise<Result<T>>): Promise<T> {
  return (await settled(call)).data as T;
}

export interface Page<T> {
  items: T[];
  /** Where the next page starts; null on the last one. */
  next: string | null;
}

export async function unwrapPage<T>(call: Promise<Result<T[]>>): Promise<Page<T>> {
  const { data, response } = await settled(call);
  return { items: data ?? [], next: nextCursor(response.headers.get('Link')) };
}

async function settled<T>(call: Promise<Result<T>>): Promise<Result<T>> {
  const result = await call;
  if (!result.response.ok) {
    throw fromEnvelope(result.response.status, result.error, result.response.headers.get('X-Request-Id'));
  }
  return result;
}

/** From `</jobs?limit=50&cursor=...>; rel="next"`. */
export function nextCursor(link: string | null): string | null {
  const target = link?.match(/<([^>]+)>;\s*rel="next"/)?.[1];
  return target ? new URL(target, 'http://localhost').searchParams.get('cursor') : null;
}
