import { createHash } from 'node:crypto'

/**
 * A Merkle tree over the events of one signature, so that each can be verified without the others: the path from its
 * leaf to the root, one `L` or `R` and the hash of the neighbour on that side for each step. Leaves and nodes are hashed
 * with different prefixes, as in RFC 9162 §2.1.1: no node can pass for an event.
 */
export function proofsOf(leaves: readonly Buffer[]): { root: Buffer; proofs: string[] } {
  const proofs = leaves.map(() => '')
  // Each node with the leaves below it. One without a neighbour moves up as it is.
  let level = leaves.map((hash, leaf) => ({ hash, below: [leaf] }))
  while (level.length > 1) {
    const pairs = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => level.slice(2 * i, 2 * i + 2))
    level = pairs.map(([left, right]) => {
      if (!left || !right) return left as (typeof level)[number]
      for (const leaf of left.below) proofs[leaf] += `R${right.hash.toString('base64url')}`
      for (const leaf of right.below) proofs[leaf] += `L${left.hash.toString('base64url')}`
      return { hash: nodeOf(left.hash, right.hash), below: [...left.below, ...right.below] }
    })
  }
  return { root: level[0]?.hash ?? Buffer.alloc(0), proofs }
}

const stepLength = 44

/** More than 65,000 events under one signature. Each step costs a hash. */
const maxSteps = 16

/** @returns the root that the proof leads to; undefined if it is no proof */
export function rootOf(leaf: Buffer, proof: string): Buffer | undefined {
  if (proof.length > maxSteps * stepLength || !/^([LR][\w-]{43})+$/.test(proof)) return undefined
  let hash = leaf
  for (let i = 0; i < proof.length; i += stepLength) {
    const neighbour = Buffer.from(proof.slice(i + 1, i + stepLength), 'base64url')
    hash = proof[i] === 'L' ? nodeOf(neighbour, hash) : nodeOf(hash, neighbour)
  }
  return hash
}

export const leafOf = (bytes: Uint8Array): Buffer =>
  createHash('sha256').update(leafPrefix).update(bytes).digest()

const nodeOf = (left: Buffer, right: Buffer): Buffer =>
  createHash('sha256')
    .update(Buffer.concat([nodePrefix, left, right]))
    .digest()

const leafPrefix = Buffer.of(0)
const nodePrefix = Buffer.of(1)
