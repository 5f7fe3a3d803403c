import assert from 'node:assert/strict'
import { join } from 'node:path'
import { it } from 'node:test'
import { removeTempFolder, tempFolder } from '@saucery/servers/process/temp'
import sharp from 'sharp'
import { delaysOf, writeAnimation } from './recording.ts'

it('shows each frame until the next one, and the last one longer', () => {
  assert.deepEqual(delaysOf([{ at: 1000 }, { at: 1120.4 }, { at: 1400 }], 900), [120, 280, 900])
})

it('writes an animation with every frame, in the best quality that is small enough', async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  const background = { r: 0, g: 0, b: 0 }
  const image = () =>
    sharp({ create: { width: 160, height: 100, channels: 3, background, noise } })
      .jpeg()
      .toBuffer()
  const frames = [
    { at: 0, image: await image() },
    { at: 150, image: await image() },
  ]
  const folder = await tempFolder()
  const file = join(folder, 'a.webp')
  const best = await writeAnimation(file, frames, 1_000_000)
  const { pages, delay, loop } = await sharp(file).metadata()
  assert.deepEqual({ pages, delay, loop }, { pages: 2, delay: [150, 1500], loop: 0 })
  const smaller = await writeAnimation(file, frames, best.size - 1)
  assert.ok(smaller.size < best.size && smaller.quality < best.quality)
  await assert.rejects(writeAnimation(file, frames, 100), /larger than 100 bytes/)
  await removeTempFolder(folder)
})
