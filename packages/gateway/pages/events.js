// The catalogue of events is complete without this script: it adds a search and, for operators, the numbers of now.

const form = document.querySelector('form')
const search = document.querySelector('#search')
const found = document.querySelector('#found')
const articles = [...document.querySelectorAll('article')]
const texts = new Map(articles.map((article) => [article, article.dataset.words.toLowerCase()]))

/** Shows the events that have each word in them, and the links that lead to them. */
function find() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean)
  const isFound = (article) => words.every((word) => texts.get(article).includes(word))
  for (const article of articles) {
    article.hidden = !isFound(article)
    document.querySelector(`.all a[href="#${article.id}"]`).parentElement.hidden = article.hidden
  }
  const shown = articles.filter(({ hidden }) => !hidden).length
  found.textContent = words.length === 0 ? '' : `${shown} of ${articles.length} events`
}

form.hidden = false
form.addEventListener('submit', (event) => event.preventDefault())
search.addEventListener('input', find)
// A link inside the page may lead to an event that the search has hidden.
addEventListener('hashchange', () => {
  if (!document.getElementById(location.hash.slice(1))?.hidden) return
  search.value = ''
  find()
  document.getElementById(location.hash.slice(1)).scrollIntoView()
})

/** The token of this tab, where the page of orders has left it. A browser may deny its storage. */
function keptToken() {
  try {
    return sessionStorage.getItem('token')
  } catch {
    return null
  }
}

function show(attribute, event, ...parts) {
  const row = document.querySelector(`[data-${attribute}="${event}"]`)
  if (!row) return
  row.querySelector('dd').replaceChildren(...parts)
  row.hidden = false
}

const countOf = (orders) =>
  orders === undefined
    ? 'too many to count'
    : orders === 1
      ? '1 order'
      : `${orders.toLocaleString('en')} orders`

const timeOf = (time) =>
  time === undefined
    ? 'At a time that is not known'
    : new Date(time).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'medium' })

function linkTo(orderId) {
  const link = document.createElement('a')
  link.href = `.#/orders/${encodeURIComponent(orderId)}`
  link.textContent = orderId
  return link
}

/** Everyone else gets a refusal, and sees no numbers. */
async function showNumbers() {
  const token = keptToken()
  const headers = token === null ? {} : { authorization: `Bearer ${token}` }
  const answer = await fetch('operations/dashboard/events', { headers })
  if (!answer.ok) return
  const { items } = await answer.json()
  for (const { event, orders, last } of items) {
    show('orders', event, countOf(orders))
    if (last)
      show('last', event, `${timeOf(last.time)}, sequence ${last.sequence}, order `, linkTo(last.orderId))
  }
  const note = document.querySelector('#numbers')
  note.textContent = `Numbers as of ${new Date().toLocaleTimeString('en')}, for operators.`
  note.hidden = false
}

// Without the numbers the page is what everyone else sees.
showNumbers().catch(() => {})
