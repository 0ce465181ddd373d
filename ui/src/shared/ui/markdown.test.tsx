import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { Markdown, isSafe } from './markdown';

const html = (text: string) => renderToStaticMarkup(createElement(Markdown, { text }));

it('shows what people write', () => {
  expect(html('# Title\n\n**bold** and `code`\n\n1. one\n2. two')).toBe(
    '<div class="markdown"><p class="markdown-heading">Title</p><p><strong>bold</strong> and <code>code</code></p>' +
      '<ol start="1"><li>one</li><li>two</li></ol></div>',
  );
});

it.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  'text <b onclick="alert(1)">b</b>',
  '![x](https://example.com/pixel.png)',
  '<iframe src="https://example.com"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
])('makes no element of %s', (hostile) => {
  expect(html(hostile)).not.toMatch(/<(script|img|iframe|b|a)[\s>]/);
});

it('links only to the web and to mail', () => {
  expect(html('[x](javascript:alert(1))')).not.toContain('<a');
  expect(html('[x](https://example.com/)')).toContain('rel="noopener noreferrer nofollow"');
  expect(['data:text/html,x', 'vbscript:x', '//example.com', 'JaVaScRiPt:x'].filter(isSafe)).toEqual([]);
});
