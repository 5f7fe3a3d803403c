import { asyncApiDocument } from './asyncapi.ts'
import { choreographyPage } from './choreography-page.ts'

/** Where the generated files are kept. */
export const generatedDirectory = new URL('../../generated/', import.meta.url)

/** Every generated file's name, with what it has to hold. */
export const generatedFiles = (): Record<string, string> => ({
  'asyncapi.json': `${JSON.stringify(asyncApiDocument(), null, 2)}\n`,
  'choreography.md': choreographyPage(),
})
