import { readFileSync } from 'node:fs'
import { orderPaths } from '@saucery/contracts/order-paths'
import { statusOf } from '@saucery/contracts/status'
import { html } from 'hono/html'
import { type CatalogueEvent, type CatalogueVersion, catalogueOf } from './event-catalogue.ts'

/** Where `pnpm --filter @saucery/gateway documents` writes the page. */
export const eventsPageFile = new URL('../../generated/events.html', import.meta.url)

const contracts = new URL('../../../contracts/', import.meta.url)
const read = (path: string) => JSON.parse(readFileSync(new URL(path, contracts), 'utf8'))

/** Every event of the contracts, from their AsyncAPI document and the stored samples. */
export const eventsPage = (
  events = catalogueOf(read('generated/asyncapi.json'), (key) => read(`samples/${key}.json`)),
): string => `${page(events)}`

/** What is inserted is escaped; only markup from here is not. */
const page = (events: readonly CatalogueEvent[]) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Events · Saucery</title>
<link rel="stylesheet" href="events/events.css">
<script type="module" src="events/events.js"></script>
</head>
<body>
<header>
<a class="brand" href=".">Saucery</a>
<nav aria-label="Reference">
<a href="events" aria-current="page">Events</a>
<a href="docs">API</a>
<a href="asyncapi.json">AsyncAPI</a>
</nav>
</header>
<main>
<h1>Events</h1>
<p>What the services publish and consume. Every subject ends in the order’s id. Messages stay on the streams, so each
version that was ever published is still read.</p>
<form role="search" hidden>
<label for="search">Find an event, a service, a field or a subject</label>
<input type="search" id="search" autocomplete="off" spellcheck="false">
<p role="status" id="found"></p>
</form>
<nav aria-label="All events">
<ul class="all">${events.map(({ name }) => html`<li><a href="#${name}">${name}</a></li>`)}</ul>
</nav>
<p id="numbers" hidden></p>
${events.map(article)}
</main>
</body>
</html>
`

const article = (event: CatalogueEvent) => {
  const { name, subject, stream, publisher, consumers, versions } = event
  return html`
<article id="${name}" aria-labelledby="${name}-name" data-words="${wordsOf(event)}">
<h2 id="${name}-name">${name}</h2>
<dl>
<div><dt>Published by</dt><dd>${publisher}</dd></div>
<div><dt>Consumed by</dt><dd>${consumers.join(', ')}</dd></div>
<div><dt>Subject</dt><dd><code>${subject}</code></dd></div>
<div><dt>Stream</dt><dd><code>${stream}</code></dd></div>
<div><dt>Versions</dt><dd>${versions.length === 1 ? '1' : `1 to ${versions.length}; ${versions.length} is published now`}</dd></div>
<div><dt>Comes after</dt><dd>${neighbours(name, -1)}</dd></div>
<div><dt>Comes before</dt><dd>${neighbours(name, 1)}</dd></div>
<div><dt>The order is then</dt><dd>${statusesAfter(name).join(', ')}</dd></div>
<div data-orders="${name}" hidden><dt>On the stream</dt><dd></dd></div>
<div data-last="${name}" hidden><dt>Last one</dt><dd></dd></div>
</dl>
<details><summary>Where it stands in the saga</summary>
<ul class="paths">${pathsOf(name).map((path) => html`<li>${stepsOf(path, name)} <span class="status">${statusOf(new Set(path))}</span></li>`)}</ul>
</details>
${versions.toReversed().map((version) => versionPart(name, version))}
</article>`
}

/** What the search finds the event by: not by its neighbours. */
const wordsOf = ({ name, subject, stream, publisher, consumers, versions }: CatalogueEvent): string =>
  [
    name,
    subject,
    stream,
    publisher,
    ...consumers,
    ...new Set(versions.flatMap(({ fields }) => fields.map(({ name }) => name))),
  ].join(' ')

const paths: readonly (readonly string[])[] = orderPaths
const pathsOf = (name: string) => paths.filter((path) => path.includes(name))

const stepsOf = (path: readonly string[], name: string) =>
  path.map((step, i) => {
    const arrow = i === 0 ? '' : ' → '
    return html`${arrow}${step === name ? html`<strong>${step}</strong>` : html`<a href="#${step}">${step}</a>`}`
  })

/** The events directly before or after it on a path; one of them may be published before the other is consumed. */
function neighbours(name: string, distance: 1 | -1) {
  const found = pathsOf(name).flatMap((path) => path[path.indexOf(name) + distance] ?? [])
  const names = [...new Set<string>(found)]
  if (names.length === 0) return distance < 0 ? 'nothing: it is the first' : 'nothing: it is the last'
  return names.map((other, i) => html`${i === 0 ? '' : ', '}<a href="#${other}">${other}</a>`)
}

const statusesAfter = (name: string) => [
  ...new Set(pathsOf(name).map((path) => statusOf(new Set(path.slice(0, path.indexOf(name) + 1))))),
]

const versionPart = (event: string, { version, isCurrent, fields, schema, sample }: CatalogueVersion) => html`
<details${isCurrent ? html` open` : ''}><summary>Version ${version}${isCurrent ? ', published now' : ''}</summary>
<div class="wide" tabindex="0" role="region" aria-label="Fields of ${event} ${version}"><table>
<thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Required</th></tr></thead>
<tbody>${fields.map(
  ({ name, type, isRequired }) => html`
<tr><th scope="row"><code>${name}</code></th><td>${type}</td><td>${isRequired ? 'yes' : 'no'}</td></tr>`,
)}
</tbody></table></div>
<h3>A stored message</h3>
${code(`Sample of ${event} ${version}`, sample)}
<details><summary>JSON Schema of the data</summary>
${code(`Schema of ${event} ${version}`, schema)}
</details>
</details>`

/** Long lines are scrolled, also by the keyboard. */
const code = (label: string, content: unknown) =>
  html`<pre tabindex="0" role="region" aria-label="${label}"><code>${JSON.stringify(content, null, 2)}</code></pre>`
