// asyncapi.yaml as a page: what a client says, what it hears, and what each of it is made of.

import { Marked } from '/lib/marked.esm.js';

const marked = new Marked();
const DEEPEST = 3;
const documents = {};

export async function showFrames(into) {
  await Promise.all(['asyncapi', 'openapi'].map(async (name) => {
    const answer = await fetch(`/${name}.json`);
    if (!answer.ok) throw new Error(`${name}.json: ${answer.status}`);
    documents[`${name}.yaml`] = await answer.json();
  }));
  const { info, channels, operations } = documents['asyncapi.yaml'];
  const channel = channels.socket;
  const all = Object.values(operations);
  into.replaceChildren(
    text(info.description),
    element('h3', {}, 'Where'),
    element('p', {}, element('code', {}, channel.address), ' ', ...inline(channel.description)),
    element('h3', {}, 'What a client says'),
    ...all.filter(({ action }) => action === 'receive').map(request),
    element('h3', {}, 'What it hears'),
    ...all.filter(({ action }) => action === 'send').flatMap(news),
    element('h3', {}, 'Close codes'),
    table(['code', 'name', 'then'], channel['x-close-codes'].map((code) => [String(code.code), code.name, code.then])),
  );
}

/** What a client says, with its answers. */
function request(operation) {
  const [message] = operation.messages.map(resolve);
  const answers = (operation.reply?.messages ?? []).map(resolve);
  return frame('in', message, operation.summary, [
    text(operation.description),
    ...shape(message),
    ...answers.flatMap((answer) => [
      element('h4', {}, 'Answer: ', element('code', {}, answer.name)),
      ...(answer.name === 'error' ? [element('p', {}, 'A problem, as REST answers it.')] : shape(answer)),
    ]),
  ]);
}

/** What the server says by itself, a group of frames. */
function news(operation) {
  return [
    element('p', {}, ...inline(operation.summary), ' ', ...inline(operation.description)),
    ...operation.messages.map(resolve).map((message) => frame('out', message, message.summary, shape(message))),
  ];
}

function frame(way, message, lead, inside) {
  return element('details', { className: 'frame' },
    element('summary', {},
      element('span', { className: `way ${way}` }, way === 'in' ? 'to server' : 'to client'),
      element('span', { className: 'name' }, message.name),
      element('span', { className: 'lead' }, ...inline(lead))),
    element('div', { className: 'inside' }, ...inside));
}

/** A frame's data as a table, and an example. */
function shape(message) {
  const data = resolve(message.payload.properties.d ?? {});
  const rows = fields(data, 0);
  const heads = ['in d', 'type', ''];
  return [
    rows.length > 0 ? table(heads, rows) : element('p', {}, 'Without data.'),
    ...(message.examples ?? []).map(({ payload }) => element('pre', { tabIndex: 0 }, JSON.stringify(payload, null, 2))),
  ];
}

function fields(schema, depth) {
  return Object.entries(schema.properties ?? {}).flatMap(([name, given]) => {
    const value = resolve(given);
    const inner = value.type === 'array' ? resolve(value.items ?? {}) : value;
    const optional = !(schema.required ?? []).includes(name);
    const row = [
      element('td', { className: `field depth-${depth}` }, element('code', {}, name), optional ? '?' : ''),
      typeOf(value),
      text(given.description ?? value.description),
    ];
    return [row, ...(depth < DEEPEST ? fields(inner, depth + 1) : [])];
  });
}

function typeOf(schema) {
  if ('const' in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.join(', ');
  if (schema.oneOf) return schema.oneOf.map(resolve).map((one) => one.properties?.type?.const ?? typeOf(one)).join(' or ');
  if (schema.type === 'array') return schema.maxItems === 0 ? 'empty list' : `list of ${typeOf(resolve(schema.items ?? {}))}`;
  if (typeof schema.additionalProperties === 'object') return `${typeOf(resolve(schema.additionalProperties))} by key`;
  return [schema.type ?? 'any'].flat().join(' or ');
}

/** What a reference stands for, with the description that stands beside it. */
function resolve(value) {
  if (!value.$ref) return value;
  const [file, path] = value.$ref.split('#');
  const found = path.slice(1).split('/')
    .reduce((at, step) => at[step], documents[file || home(path)]);
  return resolve({ ...found, ...(value.description && { description: value.description }) });
}

/** References without a file are of the document in which they are to be found. */
function home(path) {
  const steps = path.slice(1).split('/');
  return Object.keys(documents).find((name) => steps.reduce((at, step) => at?.[step], documents[name]));
}

function table(heads, rows) {
  const cells = (row) => row.map((cell) => (cell instanceof HTMLTableCellElement ? cell : element('td', {}, cell)));
  return element('div', { className: 'scroll', tabIndex: 0 },
    element('table', {},
      element('thead', {}, element('tr', {}, ...heads.map((head) => element(head ? 'th' : 'td', {}, head)))),
      element('tbody', {}, ...rows.map((row) => element('tr', {}, ...cells(row))))));
}

/** Markdown of the documents, which come from the server as this script does. */
function text(markdown) {
  const box = element('div', {});
  box.innerHTML = marked.parse(markdown ?? '');
  return box;
}

function inline(markdown) {
  const box = element('span', {});
  box.innerHTML = marked.parseInline(markdown ?? '');
  return [...box.childNodes];
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
