import assert from 'node:assert/strict'
import { it } from 'node:test'
import { exportedNames } from './exported-names.ts'

it('finds what a module declares and exports, in every form', () => {
  const text = `
    export function f(a: string): void
    export function f(a: number): void
    export function f() {}
    export async function g() {}
    export class C {}
    export interface I {}
    export type T = 1
    export const { a, b: [c, ...d] } = x, e = 1
    const inner = 1, i = 2
    export { inner as outer, i }
    export enum E {}
  `
  assert.deepEqual(exportedNames('a.ts', text), [
    'f',
    'g',
    'C',
    'I',
    'T',
    'a',
    'c',
    'd',
    'e',
    'outer',
    'i',
    'E',
  ])
})

it('leaves out what a module keeps, or passes on', () => {
  const text = `
    import d, { x, type y as z } from './b.ts'
    import * as all from './b.ts'
    export { a } from './b.ts'
    export type { T } from './b.ts'
    export * from './b.ts'
    export * as n from './b.ts'
    export { d, x as renamed, z, all }
    const kept = 1
    function own() {}
    export default own
  `
  assert.deepEqual(exportedNames('a.ts', text), [])
})
