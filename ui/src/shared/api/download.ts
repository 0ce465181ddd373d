import { ApiError } from './error';
import { identify } from './identity';

/** Saves what a route answers as a file: a link alone would not say which workspace is meant. */
export async function download(path: string, name: string): Promise<void> {
  const request = new Request(path);
  identify(request);
  const response = await fetch(request);
  if (!response.ok) {
    throw new ApiError(response.status, 'unreadable', `HTTP ${response.status}`, response.headers.get('X-Request-Id'));
  }
  save(await response.blob(), name);
}

export function save(content: Blob, name: string) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
