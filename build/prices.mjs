// Turns the data of the npm package @pydantic/genai-prices into src/main/resources/prices.yaml:
//
//   npm pack @pydantic/genai-prices@0.1.8 && tar xzf pydantic-genai-prices-0.1.8.tgz
//   node build/prices.mjs ./package > src/main/resources/prices.yaml
//
// Kept: models of eight providers that read or write text, their token prices, start dates, daily hours and long-context
// prices. Left out: prices of audio, images, pages and searches, models of other vendors on a provider's cloud, and
// whatever this script does not understand (it stops instead of guessing).
import fs from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';

const PUBLISHED = '2026-09-23';
const LISTS = {anthropic: 'anthropic', openai: 'openai', google: 'google', mistral: 'mistral', deepseek: 'deepseek',
    'x-ai': 'xai', groq: 'groq', cohere: 'cohere'};
const CLASSES = {input_mtok: 'input', output_mtok: 'output', cache_read_mtok: 'cacheRead', cache_write_mtok: 'cacheWrite',
    cache_write_1h_mtok: 'cacheWrite1h'};
const NOT_TEXT = /audio|realtime|image|tts|transcribe|whisper|voice|-live|omni|-ocr|computer-use|moderation|vision-001/;
// Prefixes that open a family of names and are no name themselves; every other prefix is a name whose snapshots follow.
const FAMILIES = /^(claude-2$|ft:|gemma-3-$|gemma-3n$|magistral-small-$|deepseek-r1$|gpt-4o-mini-2024-07-18\.ft-$|mixtral-8x7b$|command-light$)/;
const RULES = {
    '^gemini-3\\.5-flash-\\d': {startsWith: ['gemini-3.5-flash-0']},
    '^(?!.*-[tT][tT][sS](?:$|-))': {}, // speech models: a snapshot suffix never holds -tts
};

const source = path.resolve(process.argv[2]);
const {version} = JSON.parse(fs.readFileSync(path.join(source, 'package.json'), 'utf8'));
const {waitForUpdate} = await import(pathToFileURL(path.join(source, 'dist/index.js')));
const providers = await waitForUpdate();

const stop = (what, value) => { throw new Error(`${what}: ${JSON.stringify(value)}`); };

function names(match, into) {
    const [[kind, value]] = Object.entries(match);
    const add = (rule, name) => into[rule].add(name.toLowerCase());
    switch (kind) {
        case 'or': case 'and': value.forEach(part => names(part, into)); break;
        case 'equals': case 'ends_with': add('ids', value); break;
        case 'contains': case 'starts_with':
            if (FAMILIES.test(value)) add('startsWith', value);
            else add('snapshots', value.replace(/(@|-|-2025|flash-0)$/, end => end === 'flash-0' ? 'flash' : ''));
            break;
        case 'regex': {
            const dated = /^\^(.*)-\\d\{[48]\}(-\\d\{2\}-\\d\{2\})?\$$/.exec(value);
            if (dated) add('snapshots', dated[1].replaceAll('\\', ''));
            else Object.entries(RULES[value] ?? stop('regex', value)).forEach(([rule, list]) => list.forEach(n => add(rule, n)));
            break;
        }
        default: stop('match', match);
    }
    return into;
}

function rules(model) {
    const found = names(model.match, {ids: new Set(), snapshots: new Set(), startsWith: new Set()});
    found.snapshots.forEach(name => found.ids.delete(name));
    return Object.entries(found).filter(([, list]) => list.size).map(([rule, list]) => [rule, [...list].sort()]);
}

function period({constraint, prices}) {
    const fields = [];
    if (constraint?.type === 'start_date') fields.push(['from', `'${constraint.start_date}'`]);
    else if (constraint) {
        const hour = time => /^(\d\d:\d\d):00Z$/.exec(time)?.[1] ?? stop('time', time);
        fields.push(['daily', `'${hour(constraint.start_time)}-${hour(constraint.end_time)}'`]);
    }
    const tiers = [];
    const starts = new Set();
    for (const [key, name] of Object.entries(CLASSES)) {
        const price = prices[key];
        if (price === undefined) continue;
        fields.push([name, price.base ?? price]);
        if (typeof price !== 'object') continue;
        if (price.tiers.length !== 1) stop('tiers', price);
        starts.add(price.tiers[0].start);
        tiers.push([name, price.tiers[0].price]);
    }
    if (starts.size > 1) stop('tier starts', prices);
    const flat = list => list.map(([name, value]) => `${name}: ${value}`).join(', ');
    const above = tiers.length ? `, above: { tokens: ${[...starts][0]}, ${flat(tiers)} }` : '';
    return `{ ${flat(fields)}${above} }`;
}

function entry(model) {
    const periods = Array.isArray(model.prices) ? model.prices : [{prices: model.prices}];
    const lines = rules(model).map(([rule, list]) => `${rule}: [${list.map(name => `'${name}'`).join(', ')}]`);
    lines.push(...(periods.length === 1 ? [`prices: [${period(periods[0])}]`]
        : ['prices:', ...periods.map(each => `  - ${period(each)}`)]));
    return lines.map((line, index) => (index ? '    ' : '  - ') + line).join('\n');
}

const isText = model => {
    const prices = Array.isArray(model.prices) ? model.prices[0].prices : model.prices;
    return prices.input_mtok !== undefined && !NOT_TEXT.test(model.id);
};
const isOwn = (list, model) => list !== 'google' || !model.id.startsWith('claude');

console.log(`# Prices of text models: USD per million tokens, as listed by their vendors.
# Source: npm package @pydantic/genai-prices ${version} (${PUBLISHED}, MIT licence, https://github.com/pydantic/genai-prices),
# turned into this form by build/prices.mjs; what the source lacks is left out.
#
# Which entry: an exact name in \`ids\` or \`snapshots\`; else a name in \`snapshots\` followed by -latest, -preview or -exp
# and/or a date or revision (-20250514, -2025-05-14, @20250514, -05-20, -09-2025, -2506, -001); else the longest of \`startsWith\`.
# Names are compared in lower case. A list applies to its vendor's own endpoint only.
# Which price: the last line of \`prices\` that applies at the time of the call. \`from\`: since that day, UTC;
# \`daily\`: between these hours, UTC. \`above\`: all tokens of a call whose whole input exceeds \`tokens\`.
# cacheWrite is the write to a 5-minute cache (or a vendor's only one), cacheWrite1h to a 1-hour cache.
# maxOutputTokens may stand beside \`prices\`; the source has none.`);
for (const [id, list] of Object.entries(LISTS)) {
    const provider = providers.find(each => each.id === id) ?? stop('provider', id);
    console.log(`\n${list}:`);
    provider.models.filter(model => isText(model) && isOwn(list, model)).forEach(model => console.log(entry(model)));
}
