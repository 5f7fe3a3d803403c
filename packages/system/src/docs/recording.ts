import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import sharp from 'sharp'

export interface Frame {
  readonly image: Buffer
  /** When it was drawn, in ms. */
  readonly at: number
}

/**
 * Records what the browser draws, for so long: a frame for each change, at least `apartMs` apart. Chromium hands its
 * frames over by itself; a screenshot for each would take longer than a frame is shown.
 */
export async function record(page: Page, forMs: number, apartMs: number): Promise<Frame[]> {
  const session = await page.context().newCDPSession(page)
  const frames: Frame[] = []
  session.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    const at = (metadata.timestamp ?? 0) * 1000
    const last = frames.at(-1)
    if (!last || at - last.at >= apartMs) frames.push({ at, image: Buffer.from(data, 'base64') })
    void session.send('Page.screencastFrameAck', { sessionId })
  })
  await session.send('Page.startScreencast', { format: 'jpeg', quality: 95 })
  await sleep(forMs)
  await session.send('Page.stopScreencast')
  await session.detach()
  return frames
}

/** How long each frame is shown, in ms: until the next one was taken. */
export function delaysOf(frames: readonly Pick<Frame, 'at'>[], lastMs: number): number[] {
  return frames.map(({ at }, i) => Math.round((frames[i + 1]?.at ?? at + lastMs) - at))
}

const qualities = [70, 55, 40, 30, 20]

/**
 * Writes the frames as one animated WebP, in the best quality that is within the limit.
 * @throws when none is
 */
export async function writeAnimation(file: string, frames: readonly Frame[], limitBytes: number) {
  const pictures = frames.map(({ image }) => image)
  const delay = delaysOf(frames, 1500)
  for (const quality of qualities) {
    await sharp(pictures, { join: { animated: true } })
      .webp({ quality, delay, loop: 0, effort: 4 })
      .toFile(file)
    const { size } = await stat(file)
    if (size <= limitBytes) return { size, quality, frames: frames.length }
  }
  throw new Error(`${file} is larger than ${limitBytes} bytes in every quality`)
}
