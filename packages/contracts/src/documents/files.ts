import { asyncApiDocument } from './asyncapi.ts'
import { choreographyPage } from './choreography-page.ts'

export const contractDocumentsDirectory = new URL('../../generated/', import.meta.url)

/** The content of every generated file, by name. */
export const contractDocuments = (): Record<string, string> => ({
  'asyncapi.json': `${JSON.stringify(asyncApiDocument(), null, 2)}\n`,
  'choreography.md': choreographyPage(),
})
