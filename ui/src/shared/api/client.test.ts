import { expect, it } from 'vitest';
import { nextCursor } from './client';
import { fromEnvelope } from './error';

it('takes the cursor of the next page from the header', () => {
  expect(nextCursor('</jobs?limit=50&cursor=019ab7a5-0d2e-7f44-8a61-7d1b0c9e2f35>; rel="next"')).toBe(
    '019ab7a5-0d2e-7f44-8a61-7d1b0c9e2f35',
  );
  expect(nextCursor(null)).toBeNull();
});

it('reads the envelope of an error', () => {
  const error = fromEnvelope(
    400,
    {
      error: {
        code: 'validation_error',
        message: 'name is required',
        details: { formErrors: [], fieldErrors: { name: ['is required'] } },
        requestId: 'r1',
      },
    },
    'header',
  );
  expect([error.code, error.message, error.requestId, error.fieldErrors]).toEqual([
    'validation_error',
    'name is required',
    'r1',
    { name: ['is required'] },
  ]);
});

it('makes an error of whatever a proxy answers', () => {
  const error = fromEnvelope(502, '<html>Bad gateway</html>', 'r2');
  expect([error.code, error.message, error.requestId]).toEqual(['unreadable', 'HTTP 502', 'r2']);
});
