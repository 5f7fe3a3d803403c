import { it } from 'node:test'
import { assertHolds, everyOrder, type Fact, given } from '../kit.ts'

// A customer orders, and may cancel. The stock reserves the goods, and releases them.
const fact = (name: string): Fact => ({ name, version: 1, subject: `shop.${name}.1`, data: {} })
const [ordered, cancelled] = [fact('Ordered'), fact('Cancelled')]
const [reserved, released] = [fact('Reserved'), fact('Released')]
const shop = {
  consumes: [],
  react: (): Fact[] => [],
  evolve: (_?: string, event?: Fact) => (event?.name === 'Cancelled' ? 'cancelled' : 'open'),
  commands: {
    order: (order?: string) => (order ? [] : [ordered]),
    cancel: (order?: string) => (order === 'open' ? [cancelled] : []),
  },
}
const stock = {
  consumes: ['Ordered', 'Cancelled'],
  react: (goods: string | undefined, { name }: Fact) =>
    name === 'Ordered' ? (goods ? [] : [reserved]) : goods === 'reserved' ? [released] : [],
  evolve: (goods: string | undefined, { name }: Fact) =>
    name === 'Ordered' ? goods : name === 'Reserved' ? 'reserved' : 'released',
}
it('releases what it reserved', () => {
  given(stock, ordered, reserved).when(cancelled).publishes(released).becomes('released')
})
it('releases the goods in the end, in whatever order and however often the events come', () => {
  for (const arrival of everyOrder([ordered, cancelled]))
    given(stock)
      .when(...arrival)
      .becomes('released')
})
it('keeps goods for open orders alone, whatever comes twice, late or in another order', () => {
  assertHolds({
    services: { shop, stock },
    atRest: {
      'Kept goods are ordered': ({ states }) => (states.shop === 'open') === (states.stock === 'reserved'),
    },
  })
})
